use std::fmt;

use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{PasswordHash, PhoneNumber};

/// Names a user for good; the number may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// An id that a store kept.
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id to store.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What others see of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NickName(String);

impl NickName {
    /// A name that a store kept.
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name that a user starts with: the number with its middle hidden.
    pub fn from_phone(phone: &PhoneNumber) -> Self {
        Self(phone.masked())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Somebody who proved a phone number and chose a password.
///
/// Moments are held to the microsecond, as every database can keep them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user.
    pub id: UserId,
    /// The number they proved. No two users have the same.
    pub phone: PhoneNumber,
    /// What others see.
    pub nick_name: NickName,
    /// Their password, hashed.
    pub password_hash: PasswordHash,
    /// When they signed up.
    pub created_at: OffsetDateTime,
    /// When they last signed in.
    pub last_login_at: Option<OffsetDateTime>,
}

impl User {
    /// Who signs up at `now`.
    pub fn new(phone: PhoneNumber, password_hash: PasswordHash, now: OffsetDateTime) -> Self {
        let now = now.truncate_to_microsecond();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let timestamp = Timestamp::from_unix(NoContext, seconds, now.nanosecond());
        Self {
            id: UserId(Uuid::new_v7(timestamp)),
            nick_name: NickName::from_phone(&phone),
            phone,
            password_hash,
            created_at: now,
            last_login_at: None,
        }
    }
}
