use std::fmt;

use thiserror::Error;
use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{Consent, NickName, PasswordHash, PhoneNumber};

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

/// Generation of the sessions of a user. A session carries the epoch in which it began, and is valid
/// only while the two are equal.
///
/// Every change that must end sessions raises the epoch in the same statement as the change itself, so
/// a sign-in that runs at the same time cannot leave a valid session behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(u32);

impl Epoch {
    /// Creates an epoch from its stored form.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number to store.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The following epoch.
    ///
    /// # Errors
    ///
    /// There is none after 2³¹ − 1, the largest number that every database stores. An epoch must not
    /// repeat, because old sessions would be valid again.
    pub fn next(self) -> Result<Self, EpochsUsedUp> {
        match self.0.checked_add(1) {
            Some(number) if number <= i32::MAX.unsigned_abs() => Ok(Self(number)),
            Some(_) | None => Err(EpochsUsedUp),
        }
    }
}

/// The user has had every epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("user has no epoch left")]
pub struct EpochsUsedUp;

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// May sign in. Users of the other standings have no sessions.
    #[default]
    Active,
    /// Disabled by an operator.
    Disabled {
        /// Time of the change.
        since: OffsetDateTime,
    },
    /// Deletion was requested. The user can be restored until the purge.
    Leaving {
        /// Time of the request.
        since: OffsetDateTime,
        /// Time from which on the user may be purged.
        purge_at: OffsetDateTime,
    },
}

/// A [`Standing`] without its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StandingKind {
    /// [`Standing::Active`].
    Active,
    /// [`Standing::Disabled`].
    Disabled,
    /// [`Standing::Leaving`].
    Leaving,
}

impl Standing {
    /// The standing without its times.
    pub fn kind(self) -> StandingKind {
        match self {
            Self::Active => StandingKind::Active,
            Self::Disabled { .. } => StandingKind::Disabled,
            Self::Leaving { .. } => StandingKind::Leaving,
        }
    }
}

/// A registered user.
///
/// Times are truncated to microseconds, the precision of every database. A purged user is found by no
/// method of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Permanent identifier.
    pub id: UserId,
    /// Confirmed phone number, unique among users. A user may have lost it to its next owner.
    pub phone: Option<PhoneNumber>,
    /// Public display name.
    pub nick_name: NickName,
    /// Hash of the password, unless the user signs in by other means only.
    pub password_hash: Option<PasswordHash>,
    /// Whether the user may sign in.
    pub standing: Standing,
    /// Generation of the valid sessions.
    pub epoch: Epoch,
    /// Time of registration.
    pub created_at: OffsetDateTime,
    /// Time of the last sign-in.
    pub last_login_at: Option<OffsetDateTime>,
    /// Consent that the user gave with the registration, if one was recorded.
    pub consent: Option<Consent>,
}

impl User {
    /// Creates a user who registers at `now`.
    pub fn new(
        phone: PhoneNumber,
        password_hash: Option<PasswordHash>,
        now: OffsetDateTime,
    ) -> Self {
        let now = now.truncate_to_microsecond();
        Self {
            id: UserId(ordered_id(now)),
            nick_name: NickName::from_phone(&phone),
            phone: Some(phone),
            password_hash,
            standing: Standing::Active,
            epoch: Epoch::default(),
            created_at: now,
            last_login_at: None,
            consent: None,
        }
    }

    /// Whether the user may sign in and use sessions.
    pub fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }
}

/// A new UUID of version 7: ids of later moments are greater.
pub(crate) fn ordered_id(now: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.nanosecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_do_not_repeat() {
        assert_eq!(Epoch::default().next(), Ok(Epoch::new(1)));
        assert_eq!(Epoch::new(i32::MAX.unsigned_abs()).next(), Err(EpochsUsedUp));
        assert_eq!(Epoch::new(u32::MAX).next(), Err(EpochsUsedUp));
    }
}
