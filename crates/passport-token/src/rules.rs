use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{Claims, KeySet, PublicKey, RulesError, TokenError, compact::Compact};

/// Most difference of clocks that can be accepted.
const MAX_LEEWAY: Duration = Duration::from_mins(5);
/// Seconds by which clocks may differ, unless another time is set.
const LEEWAY: u64 = 5;

/// What a token must be to be accepted: issued by this service, for this application, and valid now.
///
/// This is the offline part: keys and time are arguments. `Verifier` (feature `cache`) brings both.
#[derive(Debug, Clone)]
pub struct Rules {
    issuer: String,
    audience: String,
    leeway: u64,
}

impl Rules {
    /// Accepts tokens of `issuer` for `audience`, with a leeway of 5 seconds.
    ///
    /// # Errors
    ///
    /// If the issuer is not an origin, or the audience is empty.
    pub fn new(issuer: &str, audience: &str) -> Result<Self, RulesError> {
        check_issuer(issuer)?;
        if audience.is_empty() || audience.len() > 255 {
            return Err(RulesError::Audience);
        }
        Ok(Self { issuer: issuer.to_owned(), audience: audience.to_owned(), leeway: LEEWAY })
    }

    /// Accepts clocks that differ by `leeway`.
    ///
    /// # Errors
    ///
    /// If it is longer than five minutes.
    pub fn with_leeway(self, leeway: Duration) -> Result<Self, RulesError> {
        if leeway > MAX_LEEWAY {
            return Err(RulesError::Leeway);
        }
        Ok(Self { leeway: leeway.as_secs(), ..self })
    }

    /// Issuer of accepted tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Audience of accepted tokens.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Verifies `token` at `now` with the keys of the issuer.
    ///
    /// # Errors
    ///
    /// See [`TokenError`].
    pub fn verify(
        &self,
        token: &str,
        keys: &KeySet,
        now: SystemTime,
    ) -> Result<Claims, TokenError> {
        let compact = Compact::parse(token)?;
        let key = keys.get(&compact.key_id).ok_or(TokenError::UnknownKey)?;
        self.check(&compact, key, now)
    }

    /// The rest of [`verify`](Self::verify), once the key is found.
    pub(crate) fn check(
        &self,
        compact: &Compact<'_>,
        key: &PublicKey,
        now: SystemTime,
    ) -> Result<Claims, TokenError> {
        let Self { issuer, audience, leeway } = self;
        check(compact, key, now, *leeway, issuer, |found| found == audience)
    }
}

/// Verifies `token` at `now` as its issuer does, who knows several audiences. Applications use
/// [`Rules`], which have one.
///
/// # Errors
///
/// See [`TokenError`].
#[cfg(feature = "issue")]
pub fn verify_own(
    token: &str,
    issuer: &str,
    is_known: impl FnOnce(&str) -> bool,
    keys: &KeySet,
    now: SystemTime,
) -> Result<Claims, TokenError> {
    let compact = Compact::parse(token)?;
    let key = keys.get(&compact.key_id).ok_or(TokenError::UnknownKey)?;
    check(&compact, key, now, LEEWAY, issuer, is_known)
}

fn check(
    compact: &Compact<'_>,
    key: &PublicKey,
    now: SystemTime,
    leeway: u64,
    issuer: &str,
    is_audience: impl FnOnce(&str) -> bool,
) -> Result<Claims, TokenError> {
    if compact.algorithm != Some(key.algorithm()) {
        return Err(TokenError::Algorithm);
    }
    key.verify(compact.message, &compact.signature)?;
    let members = compact.payload()?;
    if members.text("iss")? != issuer {
        return Err(TokenError::Issuer);
    }
    // A list of audiences is refused too: an application that is one of several could use the
    // token at the others.
    if !members.text("aud").is_ok_and(is_audience) {
        return Err(if members.has("aud") {
            TokenError::Audience
        } else {
            TokenError::Claim("aud")
        });
    }
    let not_before = members.optional_time("nbf")?;
    let claims = Claims::from_members(&members)?;
    let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if now >= claims.expires_at.saturating_add(leeway) {
        return Err(TokenError::Expired);
    }
    let latest = now.saturating_add(leeway);
    if claims.issued_at > latest || not_before.is_some_and(|it| it > latest) {
        return Err(TokenError::NotYetValid);
    }
    Ok(claims)
}

/// An issuer is an origin: tokens have it as it is written, so it is compared byte by byte.
fn check_issuer(issuer: &str) -> Result<(), RulesError> {
    let error = || RulesError::Issuer(issuer.to_owned());
    let (scheme, authority) = issuer.split_once("://").ok_or_else(error)?;
    let is_authority = !authority.is_empty()
        && authority
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b".-:[]".contains(&it));
    match scheme {
        "https" if is_authority => Ok(()),
        "http" if is_authority && is_loopback(authority) => Ok(()),
        "http" if is_authority => Err(RulesError::PlainIssuer(issuer.to_owned())),
        _ => Err(error()),
    }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
