mod strength;

use std::{collections::HashSet, fmt};

use zeroize::Zeroizing;

use super::{Environment, reader::Reader};

const MIN_BYTES: usize = 32;

/// Most secrets at a time. Each of them makes counts and searches of codes longer.
const MOST: usize = 3;

/// How to make a secret.
const HOW: &str = "make one with: openssl rand -hex 32";

/// A secret that keys derive from. `Debug` hides it.
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

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MasterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSecret(…)")
    }
}

/// The secrets that all keys derive from: the present one, and former ones that are still accepted.
#[derive(Debug, Clone)]
pub struct Secrets(Vec<MasterSecret>);

impl Secrets {
    /// The first one signs and encrypts; all verify and decrypt. `None` if there is none.
    pub fn new(secrets: Vec<MasterSecret>) -> Option<Self> {
        (!secrets.is_empty()).then_some(Self(secrets))
    }

    /// `secret` or `secrets`
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Option<Self> {
        let (one, several) = (reader.secret("secret"), reader.secret_list("secrets"));
        if one.is_some() && !several.is_empty() {
            reader.fault(
                "secret and secrets are both set; set one of them: secrets has the new secret first, and \
                 the former ones behind it",
            );
            return None;
        }
        if one.is_none() && several.is_empty() && environment.is_production() {
            reader.fault(format!("secret must be set in production; {HOW}"));
        }
        if several.len() > MOST {
            let given = several.len();
            reader.fault(format!("secrets has {given} items, but may have at most {MOST}"));
        }
        let distinct: HashSet<_> = several.iter().collect();
        if distinct.len() < several.len() {
            reader.fault("secrets has an item twice; remove one of them");
        }
        let is_one = one.is_some();
        let texts = one.into_iter().chain(several).enumerate();
        let parse = |(index, text)| match MasterSecret::new(text) {
            Ok(secret) => Some(secret),
            Err(fault) if is_one => {
                reader.fault(format!("secret {fault}; {HOW}"));
                None
            }
            Err(fault) => {
                reader.fault(format!("secrets, item {}, {fault}; {HOW}", index + 1));
                None
            }
        };
        let secrets: Vec<_> = texts.map(parse).collect();
        Self::new(secrets.into_iter().collect::<Option<_>>()?)
    }

    /// The present secret.
    pub(crate) fn present(&self) -> &MasterSecret {
        &self.0[0]
    }

    /// The present secret, then the former ones.
    pub(crate) fn all(&self) -> &[MasterSecret] {
        &self.0
    }
}

impl From<MasterSecret> for Secrets {
    fn from(secret: MasterSecret) -> Self {
        Self(vec![secret])
    }
}
