//! Where the keys of an issuer come from.

#[cfg(feature = "hyper")]
mod https;

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use thiserror::Error;

#[cfg(feature = "hyper")]
pub use self::https::HttpsKeys;

/// Fetches the JWK Set of an issuer. [`HttpsKeys`] is the implementation over HTTPS; another one can read
/// a file, or use another client.
#[async_trait]
pub trait FetchKeys: fmt::Debug + Send + Sync + 'static {
    /// The JWK Set as it is now.
    async fn fetch(&self) -> Result<FetchedKeys, FetchError>;
}

/// A JWK Set that was fetched.
#[derive(Debug, Clone)]
pub struct FetchedKeys {
    /// The JSON text.
    pub json: Vec<u8>,
    /// Time for which the service says that it can be kept.
    pub max_age: Option<Duration>,
}

/// Reason why keys were not fetched.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub struct FetchError(Arc<dyn Error + Send + Sync>);

impl FetchError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into().into())
    }
}

/// `max-age` of a `Cache-Control` header. `no-store` and `no-cache` are zero.
pub fn max_age(cache_control: &str) -> Option<Duration> {
    let mut directives = cache_control.split(',').map(|it| it.trim().to_ascii_lowercase());
    let mut age = None;
    directives.try_for_each(|directive| match directive.split_once('=') {
        None if directive == "no-store" || directive == "no-cache" => {
            age = Some(Duration::ZERO);
            None
        }
        Some(("max-age", seconds)) => {
            age = seconds.trim_matches('"').parse().ok().map(Duration::from_secs).or(age);
            Some(())
        }
        _ => Some(()),
    });
    age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_is_read_among_other_directives() {
        let seconds = |text| max_age(text).map(|it| it.as_secs());
        assert_eq!(seconds("public, max-age=300"), Some(300));
        assert_eq!(seconds("Max-Age=\"60\""), Some(60));
        assert_eq!(seconds("max-age=300, no-store"), Some(0));
        assert_eq!(seconds("no-cache"), Some(0));
        for none in ["", "public", "max-age", "max-age=", "max-age=-1", "s-maxage=5"] {
            assert_eq!(seconds(none), None, "{none:?}");
        }
    }
}
