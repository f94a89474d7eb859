use std::error::Error;

/// The cause of a failure, for the log.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A store could not answer. Nothing is told to the person but that they may try again.
#[derive(Debug, thiserror::Error)]
#[error("a store is unavailable")]
pub struct Unavailable(#[source] pub(crate) BoxError);

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
