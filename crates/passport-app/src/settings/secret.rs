mod strength;

use std::{collections::HashSet, fmt};

use zeroize::Zeroizing;

use super::{Environment, reader::Reader};

const MIN_BYTES: usize = 32;

/// The secret that all keys derive from. `Debug` hides it.
#[derive(Clone)]
pub struct MasterSecret(Zeroizing<String>);

impl MasterSecret {
    /// Accepts a secret of at least 32 characters, 10 of them different, that follows no pattern.
    ///
    /// # Errors
    ///
    /// When the text is too short, too uniform, a pattern, or a sample of the documentation; the error
    /// says which.
    pub fn new(text: String) -> Result<Self, &'static str> {
        let distinct = text.bytes().collect::<HashSet<_>>().len();
        if text.len() < MIN_BYTES {
            Err("has fewer than 32 characters")
        } else if distinct < 10 {
            Err("has fewer than 10 different characters")
        } else if ["change", "example", "sample"].iter().any(|it| text.to_lowercase().contains(it))
        {
            Err("is a sample")
        } else if strength::is_pattern(&text) {
            Err("repeats itself, or is a sequence or a known word")
        } else {
            Ok(Self(Zeroizing::new(text)))
        }
    }

    /// `secret`
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Option<Self> {
        const HOW: &str = "make one with: openssl rand -hex 32";
        match reader.secret("secret").map(Self::new) {
            Some(Ok(secret)) => Some(secret),
            Some(Err(fault)) => {
                reader.fault(format!("secret {fault}; {HOW}"));
                None
            }
            None => {
                if environment.is_production() {
                    reader.fault(format!("secret must be set in production; {HOW}"));
                }
                None
            }
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MasterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSecret(…)")
    }
}
