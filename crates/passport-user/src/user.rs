use std::fmt;

use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{PasswordHash, PhoneNumber};

/// Permanent identifier of a user. The phone number may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// Creates an id from its stored form.
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

/// Public display name of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NickName(String);

impl NickName {
    /// Creates a name from its stored form.
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The initial name of a user: the masked phone number.
    pub fn from_phone(phone: &PhoneNumber) -> Self {
        Self(phone.masked())
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A registered user with a confirmed phone number and a password.
///
/// Times are truncated to microseconds, the precision of every database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Permanent identifier.
    pub id: UserId,
    /// Confirmed phone number, unique among users.
    pub phone: PhoneNumber,
    /// Public display name.
    pub nick_name: NickName,
    /// Hash of the password.
    pub password_hash: PasswordHash,
    /// Time of registration.
    pub created_at: OffsetDateTime,
    /// Time of the last sign-in.
    pub last_login_at: Option<OffsetDateTime>,
}

impl User {
    /// Creates a user who registers at `now`.
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
