use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use thiserror::Error;

use crate::{
    Claims, FetchError, FetchKeys, Rules, RulesError, TokenError,
    cache::{KeyCache, Missing},
    compact::Compact,
};

/// Time after their age within which keys are used while the service does not answer.
const STALE_FOR: Duration = Duration::from_hours(1);

/// Verifies the access tokens of one issuer for one application.
///
/// The keys are fetched once and kept for as long as the issuer says; then they are renewed in the
/// background. Clones share them, so make one when the service starts.
#[derive(Debug, Clone)]
pub struct Verifier {
    rules: Rules,
    keys: Arc<KeyCache>,
    clock: fn() -> SystemTime,
}

impl Verifier {
    /// Verifies tokens that `issuer`, such as `https://passport.example`, issued for `audience`. The keys
    /// are fetched from `/.well-known/jwks.json` of the issuer when the first token comes.
    ///
    /// # Errors
    ///
    /// If the issuer is not an origin with TLS (or of a loopback address), or the audience is empty.
    #[cfg(feature = "hyper")]
    pub fn new(issuer: &str, audience: &str) -> Result<Self, RulesError> {
        Self::builder(issuer, audience).build()
    }

    /// Options of a verifier.
    pub fn builder(issuer: &str, audience: &str) -> VerifierBuilder {
        VerifierBuilder {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            leeway: None,
            stale_for: STALE_FOR,
            keys: None,
            #[cfg(feature = "hyper")]
            keys_address: None,
            clock: system_time,
        }
    }

    /// Verifies `token` and returns what it says.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    pub async fn verify(&self, token: &str) -> Result<Claims, VerifyError> {
        let compact = Compact::parse(token)?;
        let key = self.keys.key(&compact.key_id).await.map_err(|missing| match missing {
            Missing::Unknown => VerifyError::Refused(TokenError::UnknownKey),
            Missing::Unavailable(cause) => VerifyError::Unavailable(KeysUnavailable(cause)),
        })?;
        Ok(self.rules.check(&compact, &key, (self.clock)())?)
    }

    /// Fetches the keys now, so that the first request does not wait, and a wrong address is seen at the
    /// start.
    ///
    /// # Errors
    ///
    /// If the issuer does not answer, or not with keys.
    pub async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        match self.keys.key("").await {
            Err(Missing::Unavailable(cause)) => Err(KeysUnavailable(cause)),
            Err(Missing::Unknown) | Ok(_) => Ok(()),
        }
    }

    /// What tokens must be.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// Options of a [`Verifier`].
#[derive(Debug, Clone)]
#[must_use]
pub struct VerifierBuilder {
    issuer: String,
    audience: String,
    leeway: Option<Duration>,
    stale_for: Duration,
    keys: Option<Arc<dyn FetchKeys>>,
    #[cfg(feature = "hyper")]
    keys_address: Option<String>,
    clock: fn() -> SystemTime,
}

impl VerifierBuilder {
    /// Accepts clocks that differ by this time, at most five minutes; 5 seconds if unset.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway: Some(leeway), ..self }
    }

    /// Uses keys for this time after their age while the issuer does not answer; an hour if unset.
    pub fn stale_for(self, stale_for: Duration) -> Self {
        Self { stale_for, ..self }
    }

    /// Fetches the keys from this address, such as one inside of a network.
    #[cfg(feature = "hyper")]
    pub fn keys_address(self, address: &str) -> Self {
        Self { keys_address: Some(address.to_owned()), ..self }
    }

    /// Takes keys from `source`.
    pub fn keys(self, source: impl FetchKeys) -> Self {
        Self { keys: Some(Arc::new(source)), ..self }
    }

    /// Reads the time from `clock`, for tests.
    pub fn clock(self, clock: fn() -> SystemTime) -> Self {
        Self { clock, ..self }
    }

    /// The verifier.
    ///
    /// # Errors
    ///
    /// If an option is not valid; see [`RulesError`].
    pub fn build(self) -> Result<Verifier, RulesError> {
        let mut rules = Rules::new(&self.issuer, &self.audience)?;
        if let Some(leeway) = self.leeway {
            rules = rules.with_leeway(leeway)?;
        }
        let keys = Arc::new(KeyCache::new(self.source()?, self.stale_for));
        Ok(Verifier { rules, keys, clock: self.clock })
    }

    /// The source of keys that was given, otherwise the issuer.
    fn source(&self) -> Result<Arc<dyn FetchKeys>, RulesError> {
        if let Some(source) = &self.keys {
            return Ok(Arc::clone(source));
        }
        #[cfg(feature = "hyper")]
        {
            let below = format!("{}{}", self.issuer, crate::KEYS_PATH);
            let address = self.keys_address.as_ref().unwrap_or(&below);
            Ok(Arc::new(crate::HttpsKeys::new(address)?))
        }
        #[cfg(not(feature = "hyper"))]
        Err(RulesError::KeysAddress(String::new()))
    }
}

/// Reason why a token was not verified.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The token is not valid: answer 401.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// The keys of the issuer could not be fetched: answer 503.
    #[error(transparent)]
    Unavailable(#[from] KeysUnavailable),
}

/// The keys of the issuer could not be fetched.
#[derive(Debug, Clone, Error)]
#[error("the keys of the issuer cannot be fetched: {0}")]
pub struct KeysUnavailable(FetchError);

#[expect(clippy::disallowed_methods, reason = "the clock of services that verify tokens")]
fn system_time() -> SystemTime {
    SystemTime::now()
}
