use crate::outcome::{Cause, Class, Outcome};

/// What an outcome means for the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The message is on its way.
    Done,
    /// Another gateway, at once; this one again later, because it certainly did not send (and not
    /// before the moment that it named, which its breaker minds).
    Retry,
    /// Another gateway; this one would say the same again.
    Other,
    /// No gateway at all.
    Stop,
    /// It may be on its way: find out before anything else.
    Doubt,
}

impl Next {
    pub(crate) fn after(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted { .. } | Outcome::Duplicate => Self::Done,
            Outcome::NotSent(_) => Self::Retry,
            Outcome::Rejected(rejection) => Self::after_rejection(rejection.class),
            Outcome::Unknown(_) => Self::Doubt,
        }
    }

    pub(crate) fn after_rejection(class: Class) -> Self {
        match class {
            Class::Transient | Class::AccountThrottled => Self::Retry,
            Class::UnsupportedDestination | Class::Config | Class::UnknownCode => Self::Other,
            // The caps are the brake against abuse and an opt-out is a person's word: another
            // gateway must not go around them. A bad number, text or request stays bad.
            Class::BadRecipient
            | Class::RecipientBlocked
            | Class::RecipientThrottled
            | Class::Content
            | Class::BadRequest => Self::Stop,
        }
    }
}

/// What is known of a message after one try or several.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge {
    pub(crate) outcome: Outcome,
    /// Whether a refusal was heard that holds for every gateway. It is remembered beside the
    /// outcome, because a message that may have gone out stays in doubt whatever was heard later.
    is_stopped: bool,
}

impl Knowledge {
    pub(crate) fn next(&self) -> Next {
        match Next::after(&self.outcome) {
            Next::Done => Next::Done,
            _ if self.is_stopped => Next::Stop,
            next => next,
        }
    }

    /// What this and a later try say together: never less than what is known and never more.
    ///
    /// Once a try may have gone out, no refusal of another one takes that back.
    pub(crate) fn and(self, later: impl Into<Self>) -> Self {
        let later = later.into();
        let is_stopped = self.is_stopped || later.is_stopped;
        let known = if rank(&later.outcome) >= rank(&self.outcome) { later } else { self };
        Self { is_stopped, ..known }
    }
}

impl From<Outcome> for Knowledge {
    fn from(outcome: Outcome) -> Self {
        Self { is_stopped: Next::after(&outcome) == Next::Stop, outcome }
    }
}

fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::NotSent(Cause::NoGateway | Cause::Resting) => 0,
        Outcome::NotSent(_) => 1,
        Outcome::Rejected(_) if Next::after(outcome) != Next::Stop => 2,
        Outcome::Rejected(_) => 3,
        Outcome::Unknown(_) => 4,
        Outcome::Accepted { .. } | Outcome::Duplicate => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Rejection;

    fn rejected(class: Class) -> Outcome {
        let (code, text) = (String::new(), String::new());
        Outcome::Rejected(Rejection { class, code, text, until: None })
    }

    fn unknown() -> Outcome {
        Outcome::Unknown(Cause::TimedOut)
    }

    #[test]
    fn every_class_has_its_consequence() {
        for (class, next) in [
            (Class::BadRecipient, Next::Stop),
            (Class::RecipientBlocked, Next::Stop),
            (Class::UnsupportedDestination, Next::Other),
            (Class::RecipientThrottled, Next::Stop),
            (Class::AccountThrottled, Next::Retry),
            (Class::Content, Next::Stop),
            (Class::Config, Next::Other),
            (Class::BadRequest, Next::Stop),
            (Class::Transient, Next::Retry),
            (Class::UnknownCode, Next::Other),
        ] {
            assert_eq!(Next::after(&rejected(class)), next, "{class:?}");
        }
    }

    #[test]
    fn doubt_is_ended_by_an_acceptance_and_by_nothing_else() {
        for later in [
            Outcome::NotSent(Cause::TimedOut),
            rejected(Class::Transient),
            rejected(Class::BadRecipient),
            unknown(),
        ] {
            let known = Knowledge::from(unknown()).and(later.clone());
            assert!(matches!(known.outcome, Outcome::Unknown(_)), "{later:?}");
            let known = Knowledge::from(later.clone()).and(unknown());
            assert!(matches!(known.outcome, Outcome::Unknown(_)), "{later:?}");
            let known = known.and(Outcome::Duplicate);
            assert_eq!(known.next(), Next::Done, "{later:?}");
        }
    }

    #[test]
    fn a_cap_is_remembered_in_doubt() {
        let known = Knowledge::from(unknown()).and(rejected(Class::RecipientThrottled));
        assert!(matches!(known.outcome, Outcome::Unknown(_)));
        assert_eq!(known.next(), Next::Stop);
        assert_eq!(known.and(unknown()).next(), Next::Stop);
    }
}
