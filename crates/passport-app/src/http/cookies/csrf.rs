//! CSRF tokens as cookies hold them: signed double submit, as the OWASP cheat sheet recommends it.
//!
//! A token is the hexadecimal form of 16 random bytes and two tags. The first shows that the service
//! issued the token, and not another application of the host; the second covers the session cookies
//! of the browser too.

use passport_session::SessionToken;
use rand::Rng;
use subtle::ConstantTimeEq;

use super::key::{CookieKey, Tag};

const ISSUED: &str = "csrf token";
const BOUND: &str = "csrf token of session";

/// Browser state that a token was issued for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum CsrfBinding {
    /// The session cookies that the request has, or their absence.
    Current,
    /// Other session cookies, such as none before the sign-in.
    Other,
}

/// CSRF tokens in the cookies of a request.
#[derive(Debug)]
pub(in crate::http) struct CsrfTokens<'a> {
    /// Whether there is a cookie of that name, valid or not.
    pub(in crate::http) is_sent: bool,
    issued: Vec<(&'a [u8], CsrfBinding)>,
}

impl<'a> CsrfTokens<'a> {
    /// The tokens of this service among `values`, for a browser with these `sessions`.
    pub(super) fn among(
        values: impl Iterator<Item = &'a [u8]>,
        sessions: &[SessionToken],
        key: &CookieKey,
    ) -> Self {
        let (mut is_sent, mut issued) = (false, Vec::new());
        for value in values {
            is_sent = true;
            issued.extend(binding(value, sessions, key).map(|binding| (value, binding)));
        }
        Self { is_sent, issued }
    }

    /// Binding of the token that `repeated` repeats, if it repeats one of this service.
    pub(in crate::http) fn repeated(&self, repeated: &[u8]) -> Option<CsrfBinding> {
        let found = self.issued.iter().find(|(token, _)| token.ct_eq(repeated).into());
        found.map(|(_, binding)| *binding)
    }

    /// The token for the browser's session, if it has one.
    pub(in crate::http) fn current(&self) -> Option<&'a str> {
        let mut issued = self.issued.iter();
        let current = issued.find(|(_, binding)| *binding == CsrfBinding::Current)?;
        str::from_utf8(current.0).ok()
    }

    /// Whether the browser has a token for its session.
    pub(in crate::http) fn has_current(&self) -> bool {
        self.issued.iter().any(|(_, binding)| *binding == CsrfBinding::Current)
    }
}

/// A new token for a browser with these `sessions`.
pub(super) fn fresh(sessions: &[SessionToken], key: &CookieKey) -> String {
    let mut random = [0; 16];
    rand::rng().fill_bytes(&mut random);
    let issued = key.tag(ISSUED, &[&random]);
    let bound = key.tag(BOUND, &[&random, &digests(sessions)]);
    hex::encode([random, issued, bound].concat())
}

/// What `token` was issued for, if this service has issued it.
fn binding(token: &[u8], sessions: &[SessionToken], key: &CookieKey) -> Option<CsrfBinding> {
    let mut bytes = [0; 48];
    hex::decode_to_slice(token, &mut bytes).ok()?;
    let [random, issued, bound]: [Tag; 3] =
        [0, 16, 32].map(|start| std::array::from_fn(|at| bytes[start + at]));
    if !key.verifies(issued, ISSUED, &[&random]) {
        return None;
    }
    let is_current = key.verifies(bound, BOUND, &[&random, &digests(sessions)]);
    Some(if is_current { CsrfBinding::Current } else { CsrfBinding::Other })
}

fn digests(sessions: &[SessionToken]) -> Vec<u8> {
    sessions.iter().flat_map(|session| *session.digest().as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SessionToken {
        SessionToken::generate(&mut rand::rng())
    }

    fn binding_of(token: &str, sessions: &[SessionToken]) -> Option<CsrfBinding> {
        let key = CookieKey::new([1; 32]);
        let tokens = CsrfTokens::among([token.as_bytes()].into_iter(), sessions, &key);
        assert!(tokens.is_sent);
        tokens.repeated(token.as_bytes())
    }

    #[test]
    fn x4_a_token_is_bound_to_its_session() {
        let (key, own, other) = (CookieKey::new([1; 32]), session(), session());
        let own = std::slice::from_ref(&own);
        let other = std::slice::from_ref(&other);
        let both = [own, other].concat();
        let token = fresh(own, &key);
        assert!(token.bytes().all(|it| it.is_ascii_hexdigit()), "the original's reader takes it");
        assert_eq!(binding_of(&token, own), Some(CsrfBinding::Current));
        for sessions in [other, &both, &[]] {
            assert_eq!(binding_of(&token, sessions), Some(CsrfBinding::Other));
        }
        let visitors = fresh(&[], &key);
        assert_eq!(binding_of(&visitors, &[]), Some(CsrfBinding::Current));
        assert_eq!(binding_of(&visitors, own), Some(CsrfBinding::Other));
        assert_eq!(binding_of(&fresh(own, &CookieKey::new([2; 32])), own), None);
        assert_ne!(fresh(own, &key), fresh(own, &key));
    }

    #[test]
    fn x4_a_token_that_was_not_issued_is_never_valid() {
        let token = fresh(&[], &CookieKey::new([1; 32]));
        let zeros = "0".repeat(96);
        for text in ["", "0", "abc123", &token[1..], &zeros, &format!("{token}00")] {
            assert_eq!(binding_of(text, &[]), None, "{text}");
        }
        for at in 0..64 {
            let flipped = if &token[at..=at] == "0" { "1" } else { "0" };
            let text = format!("{}{flipped}{}", &token[..at], &token[at + 1..]);
            assert_eq!(binding_of(&text, &[]), None, "{text}");
        }
        let tokens = CsrfTokens::among([b"".as_slice()].into_iter(), &[], &CookieKey::new([1; 32]));
        assert_eq!(tokens.repeated(b""), None);
        assert!(!tokens.has_current());
    }

    #[test]
    fn w7_planted_tokens_do_not_hide_the_own_one() {
        let key = CookieKey::new([1; 32]);
        let own = fresh(&[], &key);
        let sent = [b"abc123".as_slice(), own.as_bytes(), b"\xff"];
        let tokens = CsrfTokens::among(sent.into_iter(), &[], &key);
        assert_eq!(tokens.repeated(own.as_bytes()), Some(CsrfBinding::Current));
        assert_eq!(tokens.repeated(b"abc123"), None);
        assert!(tokens.has_current());
    }
}
