use thiserror::Error;

use crate::{BoxError, Denied, event::Refused};

/// Why a challenge could not be created, drawn or spoken.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum ChallengeError {
    /// The id was not issued by this deployment, or it is expired.
    #[error("challenge is unknown")]
    Unknown,
    /// The client is at its limit, the workers are busy, or a store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The renderer failed.
    #[error("challenge could not be drawn or spoken")]
    NotMade(#[source] BoxError),
}

impl Refused for ChallengeError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Unknown => "challenge-unknown",
            Self::Denied(denied) => denied.rule(),
            Self::NotMade(_) => "challenge-not-made",
        }
    }
}
