use std::{collections::BTreeMap, fmt, time::Duration};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Reason, UserId, user::ordered_id};

/// One event in the history of accounts: what happened, to whom, by whom, and how it ended.
///
/// The audit log, the metrics, webhooks and the person's own history read the same events. An event
/// names no phone number in clear, no code, no password and no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// Identifier. Events of later moments have greater ids.
    pub id: EventId,
    /// Time of the event.
    pub at: OffsetDateTime,
    /// What happened, or was refused.
    pub kind: EventKind,
    /// Whether it was done.
    pub outcome: EventOutcome,
    /// Who caused it.
    pub actor: Actor,
    /// User whom it is about, if known.
    pub subject: Option<UserId>,
    /// Phone number that it is about, if known.
    pub phone: Option<EventPhone>,
    /// Address of the client.
    pub address: Option<String>,
    /// Session in which it was done, or that it is about.
    pub session: Option<Uuid>,
    /// Id of the request, as the log has it.
    pub request_id: Option<String>,
    /// Reason that an operator gave. It is not shown to the user whom the event is about.
    pub reason: Option<Reason>,
    /// Facts that belong to the kind. Never text that a person chose.
    pub detail: BTreeMap<String, String>,
}

impl AccountEvent {
    /// An event at `now` that was done by [`Actor::System`], without subject.
    pub fn new(kind: EventKind, now: OffsetDateTime) -> Self {
        let at = now.truncate_to_microsecond();
        Self {
            id: EventId(ordered_id(at)),
            at,
            kind,
            outcome: EventOutcome::Done,
            actor: Actor::System,
            subject: None,
            phone: None,
            address: None,
            session: None,
            request_id: None,
            reason: None,
            detail: BTreeMap::new(),
        }
    }
}

/// Identifier of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

impl EventId {
    /// Creates an id from its stored form.
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id to store.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }

    /// The least id that an event at `at` can have: ids begin with the milliseconds of their events. By
    /// it a database finds the events since a time in the order of ids.
    pub fn earliest(at: OffsetDateTime) -> Self {
        let milliseconds = at.unix_timestamp_nanos().div_euclid(1_000_000).max(0);
        Self(Uuid::from_u128(milliseconds.unsigned_abs() << 80))
    }

    /// An id that is greater than that of every event before `at`.
    pub fn after_all_before(at: OffsetDateTime) -> Self {
        Self::earliest(at + Duration::from_millis(1))
    }
}

/// How an event ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventOutcome {
    /// It was done.
    Done,
    /// It was refused by the rule of this name.
    Refused(String),
}

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A client that is not signed in.
    Anonymous,
    /// A signed-in user.
    User(UserId),
    /// An operator, by the name given at the command line, or of the token.
    Operator(String),
    /// The service itself.
    System,
}

impl Actor {
    /// An operator. The name is cut to 64 characters of `[A-Za-z0-9._@-]`; other characters become
    /// `_`, because the name is written to logs.
    pub fn operator(name: &str) -> Self {
        Self::Operator(plain(name))
    }
}

/// Text cut to 64 characters of `[A-Za-z0-9._@-]`; other characters become `_`.
pub(crate) fn plain(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    text.chars().take(64).map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// A phone number as events carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPhone {
    /// The number with its middle masked, for people.
    pub masked: String,
    /// Keyed digest of the number, by which the events of one number are found.
    pub tag: [u8; 16],
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// What an event is about. The names are part of the audit format and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $($(#[$doc])+ $name,)+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Name of the kind.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The kind of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A code was sent, or refused.
    CodeSent = "code.sent",
    /// A user signed up.
    UserCreated = "user.created",
    /// A session began, or a sign-in was refused.
    SessionBegun = "session.begun",
    /// A session ended.
    SessionEnded = "session.ended",
    /// All other sessions of a user ended.
    SessionsEnded = "sessions.ended",
    /// A signed-in person proved an authenticator again.
    SessionConfirmed = "session.confirmed",
    /// A password was set, changed or removed by its user.
    PasswordChanged = "password.changed",
    /// A forgotten password was replaced, or cleared by an operator.
    PasswordReset = "password.reset",
    /// A number was changed.
    NumberChanged = "number.changed",
    /// A change of number was undone.
    NumberUndone = "number.undone",
    /// A user changed the nick name.
    UserRenamed = "user.renamed",
    /// A user asked for deletion, or an operator began it.
    UserLeaving = "user.leaving",
    /// A user, or an operator, withdrew the deletion.
    UserRestored = "user.restored",
    /// The data of a user was deleted.
    UserPurged = "user.purged",
    /// An operator disabled a user.
    UserDisabled = "user.disabled",
    /// An operator enabled a user.
    UserEnabled = "user.enabled",
    /// A user, or an operator, fetched all data that is kept of the user.
    UserExported = "user.exported",
    /// An operator cleared the failures in a row of a user's number.
    UserUnlocked = "user.unlocked",
    /// An operator reset the limits of a number or a client.
    LimitsReset = "limits.reset",
    /// An operator looked at the whole number of a user.
    OperatorLooked = "operator.looked",
    /// A request to the API for operators was refused. Admitted ones have the events of their acts.
    OperatorAdmitted = "operator.admitted",
    /// An operator added a token for the API.
    OperatorTokenAdded = "operator-token.added",
    /// An operator removed a token.
    OperatorTokenRemoved = "operator-token.removed",
    /// A key for access tokens was made: the first one by the service, others by an operator.
    KeyRotated = "key.rotated",
    /// An operator retired a key for access tokens.
    KeyRetired = "key.retired",
    /// An operator deleted old events.
    AuditPurged = "audit.purged",
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(EventKind::from_name("user.promoted"), None);
    }

    #[test]
    fn times_bound_the_ids_of_events() {
        let mut at = time::macros::datetime!(2026-11-29 12:00:00.000_000 UTC);
        for _ in 0..3_000 {
            let id = AccountEvent::new(EventKind::CodeSent, at).id;
            assert!(EventId::earliest(at) <= id && id < EventId::after_all_before(at), "{at}");
            assert!(id < EventId::earliest(at + Duration::from_millis(1)), "{at}");
            at += Duration::from_micros(137);
        }
        let before_1970 = EventId::earliest(OffsetDateTime::UNIX_EPOCH - Duration::from_secs(1));
        assert_eq!(before_1970.as_uuid(), Uuid::nil());
    }

    #[test]
    fn api_4_names_of_operators_cannot_forge_log_lines() {
        let actor = Actor::operator("root\nuser.created 王 \u{1b}[31m");
        assert_eq!(actor, Actor::Operator("root_user.created_____31m".to_owned()));
        assert_eq!(Actor::operator(&"a".repeat(1_000)), Actor::Operator("a".repeat(64)));
    }
}
