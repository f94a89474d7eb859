use std::time::Duration;

use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use crate::Lifetime;

/// Names a session where its token must not be shown: in a list of devices, in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// An id that a store kept.
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id to store.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// That somebody is signed in.
///
/// Moments are held to the microsecond, as every store can keep them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Names the session.
    pub id: SessionId,
    /// Who is signed in. The crate does not know what that is: a user, a machine.
    pub subject: Uuid,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used, to within a tenth of its idle time.
    pub last_seen_at: OffsetDateTime,
    /// How long it lasts without use.
    pub idle: Duration,
    /// When it ends however much it is used.
    pub expires_at: OffsetDateTime,
}

impl Session {
    /// Begins a session of `subject` at `now`.
    pub fn begin(subject: Uuid, lifetime: Lifetime, now: OffsetDateTime) -> Self {
        let now = now.truncate_to_microsecond();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let timestamp = Timestamp::from_unix(NoContext, seconds, now.nanosecond());
        Self {
            id: SessionId(Uuid::new_v7(timestamp)),
            subject,
            created_at: now,
            last_seen_at: now,
            idle: lifetime.idle(),
            expires_at: now + lifetime.absolute(),
        }
    }

    /// When the session ends unless it is used before.
    pub fn ends_at(&self) -> OffsetDateTime {
        self.expires_at.min(self.last_seen_at + self.idle)
    }

    /// Whether the session still stands at `now`.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.ends_at()
    }

    /// Whether a use at `now` is worth a write: a tenth of the idle time has passed.
    ///
    /// So a busy session costs ten writes for each idle time, not one for each request.
    pub fn is_touch_due(&self, now: OffsetDateTime) -> bool {
        now - self.last_seen_at >= self.idle / 10
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456789 UTC);

    fn session() -> Session {
        let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
        Session::begin(Uuid::nil(), lifetime, NOW)
    }

    #[test]
    fn is_held_to_the_microsecond() {
        assert_eq!(session().created_at, datetime!(2026-11-22 09:43:30.123456 UTC));
    }

    #[test]
    fn ends_by_idleness_or_by_age() {
        let mut session = session();
        assert!(session.is_live(session.created_at + Duration::from_secs(3_599)));
        assert!(!session.is_live(session.created_at + Duration::from_hours(1)));
        session.last_seen_at = session.created_at + Duration::from_secs(86_000);
        assert!(session.is_live(session.created_at + Duration::from_secs(86_399)));
        assert!(!session.is_live(session.created_at + Duration::from_hours(24)));
    }

    #[test]
    fn touch_is_due_after_a_tenth_of_idle() {
        let session = session();
        assert!(!session.is_touch_due(session.created_at + Duration::from_secs(359)));
        assert!(session.is_touch_due(session.created_at + Duration::from_mins(6)));
    }
}
