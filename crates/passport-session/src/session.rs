use std::time::Duration;

use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{Device, Lifetime, Methods};

/// Public identifier of a session, for lists of devices and for logs, where its token must not
/// appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// Creates an id from its stored form.
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id to store.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// A session: the record that a subject is signed in.
///
/// Times are truncated to microseconds, the precision of every store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Public identifier. It stays when the token is rotated.
    pub id: SessionId,
    /// Id of the subject that is signed in, such as a user or a machine.
    pub subject: Uuid,
    /// Generation of the subject's sessions in which this one began. What it is compared with is up to
    /// the owner of the subject.
    pub epoch: u32,
    /// Time of creation.
    pub created_at: OffsetDateTime,
    /// Time of the last use, with a precision of a tenth of the idle time.
    pub last_seen_at: OffsetDateTime,
    /// Time without use after which the session ends.
    pub idle: Duration,
    /// End of the absolute lifetime.
    pub expires_at: OffsetDateTime,
    /// Time of the last proof: the sign-in or a confirmation.
    pub authenticated_at: OffsetDateTime,
    /// Kinds of proof at the sign-in and at confirmations since.
    pub methods: Methods,
    /// Device that signed in.
    pub device: Device,
    /// Address of the client that signed in, at most 45 characters.
    pub address: String,
    /// Place of that address, if known.
    pub place: Option<String>,
    /// Whether the person asked to be remembered.
    pub remembered: bool,
}

/// What is known of a session before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Id of the subject that signs in.
    pub subject: Uuid,
    /// Present generation of the subject's sessions.
    pub epoch: u32,
    /// Lifetime.
    pub lifetime: Lifetime,
    /// Kinds of proof that were given.
    pub methods: Methods,
    /// Device that signs in.
    pub device: Device,
    /// Address of the client.
    pub address: String,
    /// Place of that address, if known.
    pub place: Option<String>,
    /// Whether the person asked to be remembered.
    pub remembered: bool,
}

impl NewSession {
    /// A session of which nothing else is known: its epoch is 0, and nothing was proved.
    pub fn new(subject: Uuid, lifetime: Lifetime) -> Self {
        Self {
            subject,
            epoch: 0,
            lifetime,
            methods: Methods::default(),
            device: Device::default(),
            address: String::new(),
            place: None,
            remembered: false,
        }
    }
}

impl Session {
    /// Begins a session at `now`.
    pub fn begin(new: NewSession, now: OffsetDateTime) -> Self {
        let now = now.truncate_to_microsecond();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let timestamp = Timestamp::from_unix(NoContext, seconds, now.nanosecond());
        let NewSession { subject, epoch, lifetime, methods, device, address, place, remembered } =
            new;
        Self {
            id: SessionId(Uuid::new_v7(timestamp)),
            subject,
            epoch,
            created_at: now,
            last_seen_at: now,
            idle: lifetime.idle(),
            expires_at: now + lifetime.absolute(),
            authenticated_at: now,
            methods,
            device,
            address,
            place,
            remembered,
        }
    }

    /// Time at which the session ends if it is not used again.
    pub fn ends_at(&self) -> OffsetDateTime {
        self.expires_at.min(self.last_seen_at + self.idle)
    }

    /// Whether the session is active at `now`.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.ends_at()
    }

    /// Whether a use at `now` must be stored: a tenth of the idle time has passed since the last
    /// stored use.
    ///
    /// This limits a session to ten writes per idle time, instead of one per request.
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
        Session::begin(NewSession::new(Uuid::nil(), lifetime), NOW)
    }

    #[test]
    fn times_are_truncated_to_microseconds() {
        assert_eq!(session().created_at, datetime!(2026-11-22 09:43:30.123456 UTC));
    }

    #[test]
    fn ends_after_the_idle_time_or_the_absolute_lifetime() {
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
