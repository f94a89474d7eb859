use std::fmt;

use crate::outcome::Outcome;

/// One line for people: what is known, without the code and the number of the message.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(cause) => write!(f, "not sent: {cause}"),
            Self::Accepted { provider_id: Some(id), .. } => write!(f, "accepted as {id}"),
            Self::Accepted { provider_id: None, .. } => f.write_str("accepted"),
            Self::Duplicate => f.write_str("accepted before"),
            Self::Rejected(rejection) => {
                write!(f, "refused, {:?}: {} {}", rejection.class, rejection.code, rejection.text)
            }
            Self::Unknown(cause) => write!(f, "unknown, it may still arrive: {cause}"),
        }
    }
}
