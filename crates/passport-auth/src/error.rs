use std::error::Error;

use tracing::{error, info};

/// The cause of a failure, for the log.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A store could not answer. Nothing is told to the person but that they may try again.
#[derive(Debug, thiserror::Error)]
#[error("a store is unavailable")]
pub struct Unavailable(#[source] pub(crate) BoxError);

/// Notes that an act on `phone` was refused, and with an outage its causes.
///
/// The acts that run to their end call it before they end, and not whoever called them: that may be
/// nobody any more. So the causes are logged here, and the caller logs none.
pub(crate) fn log_refusal(
    what: &'static str,
    phone: &str,
    refusal: &dyn Error,
    outage: Option<&Unavailable>,
) {
    if let Some(cause) = outage {
        error!(phone, %refusal, error = cause as &dyn Error, "{what}");
    } else {
        info!(phone, %refusal, "{what}");
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
        )+
    };
}

unavailable_from! {
    passport_codes::CodeStoreError,
    passport_session::SessionStoreError,
    passport_throttle::ThrottleStoreError,
    passport_user::UserRepositoryError,
}
