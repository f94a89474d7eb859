use std::{error::Error, iter, time::Duration};

use passport_throttle::{Passage, Refusal};

use crate::Busy;

/// Cause of a failure, for the log.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A store could not answer. Clients learn only that they may retry; the cause is for the log.
#[derive(Debug, thiserror::Error)]
#[error("a store is unavailable")]
pub struct Unavailable(#[source] pub(crate) BoxError);

impl Unavailable {
    /// Wraps the failure of a store.
    pub fn new(cause: impl Into<BoxError>) -> Self {
        Self(cause.into())
    }

    /// The outage among `error` and its sources, if there is one.
    pub(crate) fn among<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        iter::successors(Some(error), |&error| error.source())
            .find_map(|error| error.downcast_ref())
    }
}

/// Refusal that any operation can meet before it decides anything: every use case's error has it as
/// a variant, and each wire maps it in one place.
///
/// The enum is exhaustive, because a wire must have an answer for each variant.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// A limit is used up.
    #[error("limit {} is used up", .0.policy)]
    TooMany(Refusal),
    /// The attempt comes too soon after failures in a row. Nothing was compared.
    #[error("too soon after failures in a row")]
    TooSoon {
        /// Time until the next attempt is allowed.
        retry_after: Duration,
    },
    /// Too many failures in a row: attempts of this kind are refused until a proof of another kind
    /// succeeds, or an operator allows them. Nothing was compared.
    #[error("too many failures in a row")]
    Stopped,
    /// The queue of the worker threads is full; nothing was charged or spent.
    #[error("too much work is queued")]
    Busy {
        /// Time after which a retry is likely to find room.
        retry_after: Duration,
    },
    /// A store could not answer.
    #[error("{0}")]
    Unavailable(#[from] Unavailable),
}

impl Denied {
    /// The denial among `error` and its sources, if there is one.
    pub fn among<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        iter::successors(Some(error), |&error| error.source())
            .find_map(|error| error.downcast_ref())
    }

    /// Whether the client asked too often, or was wrong too often; otherwise the service is at its limit.
    pub fn is_of_client(&self) -> bool {
        match self {
            Self::TooMany(_) | Self::TooSoon { .. } | Self::Stopped => true,
            Self::Busy { .. } | Self::Unavailable(_) => false,
        }
    }

    /// Time after which a retry may succeed, as far as it is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooMany(Refusal { retry_after, .. })
            | Self::TooSoon { retry_after }
            | Self::Busy { retry_after } => Some(*retry_after),
            Self::Stopped | Self::Unavailable(_) => None,
        }
    }

    /// Name of the rule, as events carry it: the policy of a limit, `busy` or `unavailable`.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::TooMany(refusal) => refusal.policy.as_str(),
            Self::TooSoon { .. } => "wait",
            Self::Stopped => "stopped",
            Self::Busy { .. } => "busy",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

/// Error of a step that use cases share: the step's own refusal, or a denial.
///
/// A use case's error wraps both; [`wraps_steps!`] lets `?` do it.
#[derive(Debug)]
pub(crate) enum StepError<R> {
    Refused(R),
    Denied(Denied),
}

impl<R> StepError<R> {
    /// For `map_err`, where a refusal is not the only error.
    pub(crate) fn denied(cause: impl Into<Denied>) -> Self {
        Self::Denied(cause.into())
    }
}

impl<R> From<Denied> for StepError<R> {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// Converts the errors of steps into the error of a use case, which converts from [`Denied`] and
/// from the refusals of its steps.
macro_rules! wraps_steps {
    ($error:ty) => {
        impl<R: Into<Self>> From<$crate::error::StepError<R>> for $error {
            fn from(error: $crate::error::StepError<R>) -> Self {
                match error {
                    $crate::error::StepError::Refused(refusal) => refusal.into(),
                    $crate::error::StepError::Denied(denied) => denied.into(),
                }
            }
        }
    };
}

pub(crate) use wraps_steps;

/// What passed, or why it did not.
pub(crate) fn passed<T>(passage: Passage<T>) -> Result<T, Denied> {
    match passage {
        Passage::Passed(value) => Ok(value),
        Passage::Refused(refusal) => Err(Denied::TooMany(refusal)),
        Passage::Blocked(block) => Err(block.into()),
    }
}

impl From<Busy> for Denied {
    fn from(_: Busy) -> Self {
        Self::Busy { retry_after: Busy::RETRY_AFTER }
    }
}

macro_rules! unavailable_from {
    ($($error:ty),+ $(,)?) => {
        $(
            impl From<$error> for Unavailable {
                fn from(error: $error) -> Self {
                    Self(error.into())
                }
            }

            impl From<$error> for Denied {
                fn from(error: $error) -> Self {
                    Self::Unavailable(error.into())
                }
            }
        )+
    };
}

unavailable_from! {
    passport_codes::CodeStoreError,
    passport_session::SessionStoreError,
    passport_throttle::FailureStoreError,
    passport_throttle::ThrottleStoreError,
    passport_user::JournalError,
    passport_user::OperatorTokenError,
    passport_user::SigningKeyRepositoryError,
    passport_user::UserRepositoryError,
}

#[cfg(test)]
mod tests {
    use passport_codes::CodeStoreError;

    use super::*;
    use crate::Refused;

    #[test]
    fn an_outage_is_found_among_the_sources() {
        let denied = Denied::from(CodeStoreError::new("the disk is full"));
        let outage = Unavailable::among(&denied).unwrap();
        assert_eq!(outage.0.source().unwrap().to_string(), "the disk is full");
        assert!(Unavailable::among(&Denied::from(Busy)).is_none());
    }

    #[test]
    fn a_denial_is_found_in_the_error_of_an_operation() {
        let error = crate::RequestCodeError::from(Denied::from(Busy));
        let denied = Refused::denied(&error).unwrap();
        assert_eq!(denied.retry_after(), Some(Busy::RETRY_AFTER));
        assert!(!denied.is_of_client() && Denied::Stopped.is_of_client());
        let refused = crate::RequestCodeError::from(crate::ChallengeRefusal::Wrong);
        assert!(refused.denied().is_none());
    }
}
