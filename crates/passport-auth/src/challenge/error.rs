use std::time::Duration;

use thiserror::Error;

use crate::{BoxError, Busy, Unavailable};

/// Why a challenge is not made, or neither shown nor said.
#[derive(Debug, Error)]
pub enum ChallengeError {
    /// The id was not issued here, or its time is over.
    #[error("challenge is unknown")]
    Unknown,
    /// The client had its share.
    #[error("too many challenges, pictures or sounds")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too much is being drawn and spoken; it was not counted.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The picture could not be drawn, or the sound not be made.
    #[error("challenge could not be drawn or spoken")]
    NotMade(#[source] BoxError),
    /// A store could not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
