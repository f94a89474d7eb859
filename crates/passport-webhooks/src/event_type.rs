use std::fmt;

use passport_user::{AccountEvent, EventKind, EventOutcome};

macro_rules! types {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// Type of a webhook event. The names are part of the wire format and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType {
            $($(#[$doc])+ $name,)+
        }

        impl EventType {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Name of the type.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The type of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

types! {
    /// A user signed up.
    UserCreated = "user.created",
    /// The name, the password or the standing of a user changed.
    UserUpdated = "user.updated",
    /// The data of a user was deleted.
    UserDeleted = "user.deleted",
    /// A user signed in.
    SessionStarted = "session.started",
    /// Sessions of a user ended.
    SessionEnded = "session.ended",
    /// The phone number of a user changed.
    PhoneChanged = "phone.changed",
    /// A code was not sent, or perhaps not, because of the gateways.
    GatewayFailed = "gateway.failed",
    /// An operation was refused, because a limit was reached.
    LimitReached = "limit.reached",
}

/// Account events that have a type: of one kind, or of all of them; done, or refused by one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// Kind of the events; `None` for all.
    pub kind: Option<EventKind>,
    /// Rule that refused the operation; `None` for operations that were done.
    pub rule: Option<&'static str>,
}

impl Source {
    /// Whether `event` is one of them.
    pub fn has(&self, event: &AccountEvent) -> bool {
        let is_of_rule = match (&event.outcome, self.rule) {
            (EventOutcome::Done, rule) => rule.is_none(),
            (EventOutcome::Refused(rule), wanted) => wanted == Some(rule),
        };
        is_of_rule && self.kind.is_none_or(|kind| kind == event.kind)
    }
}

/// Importance of a type, for an endpoint for which too many deliveries wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A decision that changed nothing. Left out first.
    Decision,
    /// A change of an account or of a session.
    Change,
}

impl Weight {
    /// The number to store.
    pub const fn number(self) -> i16 {
        match self {
            Self::Decision => 1,
            Self::Change => 2,
        }
    }
}

/// Rules by which the gateways caused a refusal.
const GATEWAY_RULES: [&str; 3] = ["not-sent", "message-refused", "delivery-unknown"];

/// Rules that refuse because a limit was reached.
const LIMIT_RULES: [&str; 21] = [
    "sms-per-phone-hour",
    "sms-per-phone-day",
    "sms-per-client-hour",
    "sms-per-client-day",
    "wrong-codes-per-client",
    "login-failures-per-client",
    "sign-ins-per-client",
    "sign-ins-per-phone",
    "confirm-codes-per-user-hour",
    "change-codes-per-user-hour",
    "change-codes-per-user-day",
    "new-numbers-per-user-day",
    "wrong-proofs-per-user-hour",
    "resets-per-user-day",
    "exports-per-user-day",
    "renames-per-user-day",
    "operator-refusals-per-client",
    "challenge-wrong-per-client",
    "challenge-wrong-per-network",
    "challenge-wrong-in-all",
    "stopped",
];

/// Limits that are not reported: they are reached in ordinary use, or refuse nothing that has an
/// account event.
pub const UNREPORTED_LIMITS: [&str; 10] = [
    "sms-per-phone-cooldown",
    "new-number",
    "history-per-user-minute",
    "notices-per-phone-day",
    "challenges",
    "challenge-fetches",
    "challenge-answers",
    "challenge-languages",
    "challenge-in-zh",
    "challenge-in-en",
];

impl EventType {
    /// The account events that have this type.
    pub fn sources(self) -> Vec<Source> {
        use EventKind as K;
        let done = |kinds: &[K]| {
            kinds.iter().map(|kind| Source { kind: Some(*kind), rule: None }).collect::<Vec<_>>()
        };
        match self {
            Self::UserCreated => done(&[K::UserCreated]),
            Self::UserUpdated => done(&[
                K::UserRenamed,
                K::PasswordChanged,
                K::PasswordReset,
                K::UserLeaving,
                K::UserRestored,
                K::UserDisabled,
                K::UserEnabled,
            ]),
            Self::UserDeleted => done(&[K::UserPurged]),
            Self::SessionStarted => done(&[K::SessionBegun]),
            // The latter ones end sessions as well, and have no event of their own for that.
            Self::SessionEnded => done(&[
                K::SessionEnded,
                K::SessionsEnded,
                K::PasswordChanged,
                K::PasswordReset,
                K::NumberChanged,
                K::NumberUndone,
                K::UserLeaving,
                K::UserDisabled,
            ]),
            Self::PhoneChanged => done(&[K::NumberChanged, K::NumberUndone]),
            Self::GatewayFailed => {
                let refused = |rule| Source { kind: Some(K::CodeSent), rule: Some(rule) };
                GATEWAY_RULES.into_iter().map(refused).collect()
            }
            Self::LimitReached => {
                let refused = |rule| Source { kind: None, rule: Some(rule) };
                LIMIT_RULES.into_iter().map(refused).collect()
            }
        }
    }

    /// The types of `event`; most events have none, some have two.
    pub fn of(event: &AccountEvent) -> impl Iterator<Item = Self> {
        let has = |it: &Self| it.sources().iter().any(|source| source.has(event));
        Self::ALL.iter().copied().filter(has)
    }

    /// Importance.
    pub const fn weight(self) -> Weight {
        match self {
            Self::UserCreated
            | Self::UserUpdated
            | Self::UserDeleted
            | Self::SessionStarted
            | Self::SessionEnded
            | Self::PhoneChanged => Weight::Change,
            Self::GatewayFailed | Self::LimitReached => Weight::Decision,
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn types(kind: EventKind, rule: Option<&str>) -> Vec<&'static str> {
        let mut event = AccountEvent::new(kind, datetime!(2026-11-29 12:00 UTC));
        if let Some(rule) = rule {
            event.outcome = EventOutcome::Refused(rule.to_owned());
        }
        EventType::of(&event).map(EventType::as_str).collect()
    }

    #[test]
    fn types_are_found_by_their_names() {
        for it in EventType::ALL {
            assert_eq!(EventType::from_name(it.as_str()), Some(*it));
        }
        assert_eq!(EventType::from_name("budget.tripped"), None);
    }

    #[test]
    fn events_have_the_types_of_their_kind_and_outcome() {
        assert_eq!(types(EventKind::UserCreated, None), ["user.created"]);
        assert_eq!(types(EventKind::PasswordReset, None), ["user.updated", "session.ended"]);
        assert_eq!(types(EventKind::NumberChanged, None), ["session.ended", "phone.changed"]);
        assert_eq!(types(EventKind::CodeSent, None), [""; 0]);
        assert_eq!(types(EventKind::CodeSent, Some("not-sent")), ["gateway.failed"]);
        assert_eq!(types(EventKind::CodeSent, Some("sms-per-phone-day")), ["limit.reached"]);
        assert_eq!(types(EventKind::SessionBegun, Some("stopped")), ["limit.reached"]);
        assert_eq!(types(EventKind::SessionBegun, Some("credentials-wrong")), [""; 0]);
        assert_eq!(types(EventKind::UserCreated, Some("not-sent")), [""; 0]);
    }

    #[test]
    fn a_limit_is_reported_or_not() {
        for rule in LIMIT_RULES {
            assert!(!UNREPORTED_LIMITS.contains(&rule), "{rule}");
        }
    }
}
