use crate::outcome::{Cause, Class, Outcome};

/// Next step after an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// None, because the message is on its way.
    Done,
    /// Another gateway at once, and this one again later, because it certainly did not send. (Its
    /// breaker observes the moment that it named.)
    Retry,
    /// Another gateway, because this one would refuse again.
    Other,
    /// No gateway.
    Stop,
    /// Settle first whether the message is on its way.
    Doubt,
}

impl Next {
    pub(crate) fn after(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted { .. } | Outcome::Duplicate => Self::Done,
            // A certificate stays invalid.
            Outcome::NotSent(Cause::Untrusted(_)) => Self::Other,
            Outcome::NotSent(_) => Self::Retry,
            Outcome::Rejected(rejection) => Self::after_rejection(rejection.class),
            Outcome::Unknown(_) => Self::Doubt,
        }
    }

    pub(crate) fn after_rejection(class: Class) -> Self {
        match class {
            Class::Transient | Class::AccountThrottled => Self::Retry,
            // A request that one gateway cannot read is built anew for the next one.
            Class::UnsupportedDestination
            | Class::Config
            | Class::BadRequest
            | Class::UnknownCode => Self::Other,
            // Caps limit abuse, and an opt-out is the user's decision: no other gateway may bypass
            // them. A wrong number or text stays wrong.
            Class::BadRecipient
            | Class::RecipientBlocked
            | Class::RecipientThrottled
            | Class::Content => Self::Stop,
        }
    }
}

/// Knowledge of a message after one or several attempts.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge {
    pub(crate) outcome: Outcome,
    /// Whether a refusal was received that holds for every gateway. It is kept beside the outcome,
    /// because a message in doubt stays in doubt whatever is received later.
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

    /// The combined knowledge of this and a later attempt, never less and never more than is known.
    ///
    /// After an attempt that may have sent the message, no refusal of another one changes that.
    pub(crate) fn and(self, later: impl Into<Self>) -> Self {
        let later = later.into();
        let is_stopped = self.is_stopped || later.is_stopped;
        let is_later_known = rank(&later.outcome) >= rank(&self.outcome);
        let known = if is_later_known && !self.outlasts(&later) { later } else { self };
        Self { is_stopped, ..known }
    }
}

impl Knowledge {
    /// Whether both timed out, this one after a longer time.
    fn outlasts(&self, later: &Self) -> bool {
        use Cause::TimedOutAfter;
        matches!(
            (&self.outcome, &later.outcome),
            (Outcome::Unknown(TimedOutAfter(one)), Outcome::Unknown(TimedOutAfter(other)))
                if one > other
        )
    }
}

impl From<Outcome> for Knowledge {
    fn from(outcome: Outcome) -> Self {
        Self { is_stopped: Next::after(&outcome) == Next::Stop, outcome }
    }
}

fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::NotSent(Cause::NoGateway | Cause::Paused) => 0,
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
        Outcome::Rejected(Rejection::new(class, "", ""))
    }

    fn unknown() -> Outcome {
        Outcome::Unknown(Cause::TimedOut)
    }

    #[test]
    fn every_class_has_its_next_step() {
        for (class, next) in [
            (Class::BadRecipient, Next::Stop),
            (Class::RecipientBlocked, Next::Stop),
            (Class::UnsupportedDestination, Next::Other),
            (Class::RecipientThrottled, Next::Stop),
            (Class::AccountThrottled, Next::Retry),
            (Class::Content, Next::Stop),
            (Class::Config, Next::Other),
            (Class::BadRequest, Next::Other),
            (Class::Transient, Next::Retry),
            (Class::UnknownCode, Next::Other),
        ] {
            assert_eq!(Next::after(&rejected(class)), next, "{class:?}");
        }
    }

    #[test]
    fn only_an_acceptance_ends_a_doubt() {
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
