use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
    web,
};
use passport_session::SessionToken;

use crate::http::{
    api::problem::{Code, Problem},
    cookies::Cookies,
};

/// Session token of a request, and how it was sent.
#[derive(Debug)]
pub(in crate::http) struct Credential {
    pub(in crate::http) token: SessionToken,
    pub(in crate::http) carrier: Carrier,
}

/// What carries a session token. A new token is answered in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Carrier {
    /// A cookie. Browsers attach it to every request, also to those of another site's page, so unsafe
    /// methods need proof of the page's origin (`guard::csrf`).
    Cookie,
    /// `Authorization: Bearer`, which no browser adds by itself.
    Bearer,
}

/// A request has a session cookie and a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct TwoCredentials;

impl From<TwoCredentials> for Problem {
    fn from(TwoCredentials: TwoCredentials) -> Self {
        Code::TwoCredentials.into()
    }
}

impl Credential {
    /// The credential that `request` carries, if it has the form of one.
    ///
    /// # Errors
    ///
    /// [`TwoCredentials`], also if the bearer token has not the form of one: nothing tells which of
    /// the two is meant.
    pub(in crate::http) fn of(request: &HttpRequest) -> Result<Option<Self>, TwoCredentials> {
        let Some(cookies) = request.app_data::<web::Data<Cookies>>() else { return Ok(None) };
        let bearer = match Bearer::of(request) {
            Bearer::Absent => {
                let token = cookies.session(request);
                return Ok(token.map(|token| Self { token, carrier: Carrier::Cookie }));
            }
            Bearer::Malformed => None,
            Bearer::Token(token) => Some(Self { token, carrier: Carrier::Bearer }),
        };
        if cookies.sessions(request).is_empty() { Ok(bearer) } else { Err(TwoCredentials) }
    }
}

/// The header field `Authorization`, as far as it concerns sessions.
enum Bearer {
    /// No field, or another scheme: that of a proxy in front of the service is not ours to refuse.
    Absent,
    Malformed,
    Token(SessionToken),
}

impl Bearer {
    fn of(request: &HttpRequest) -> Self {
        let mut tokens = request.headers().get_all(header::AUTHORIZATION).filter_map(after_scheme);
        match (tokens.next(), tokens.next()) {
            (None, _) => Self::Absent,
            (Some(token), None) => {
                let token = str::from_utf8(token).ok().and_then(|token| token.parse().ok());
                token.map_or(Self::Malformed, Self::Token)
            }
            (Some(_), Some(_)) => Self::Malformed,
        }
    }
}

/// What follows the scheme `Bearer`; nothing for another scheme.
fn after_scheme(field: &HeaderValue) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"bearer";
    let field = field.as_bytes().trim_ascii();
    let (scheme, rest) = field.split_at_checked(SCHEME.len())?;
    let is_bearer =
        scheme.eq_ignore_ascii_case(SCHEME) && rest.first().is_none_or(u8::is_ascii_whitespace);
    is_bearer.then(|| rest.trim_ascii())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::http::cookies::CookieKey;

    fn outcome(fields: &[(&'static str, &str)]) -> Result<Option<Carrier>, TwoCredentials> {
        let cookies = web::Data::new(Cookies::new(false, CookieKey::new([1; 32])));
        let request = TestRequest::get().app_data(cookies);
        let request = fields.iter().fold(request, |request, field| request.append_header(*field));
        let credential = Credential::of(&request.to_http_request())?;
        Ok(credential.map(|it| it.carrier))
    }

    #[test]
    fn the_carrier_of_a_token_is_known_and_two_are_refused() {
        let token = SessionToken::generate(&mut rand::rng()).expose();
        let cookie = ("cookie", &*format!("passport_session={token}"));
        for [before, after] in [["Bearer ", ""], ["bearer ", " "], ["BEARER   ", ""]] {
            let text = format!("{before}{token}{after}");
            assert_eq!(outcome(&[("authorization", &text)]), Ok(Some(Carrier::Bearer)), "{text}");
            assert_eq!(outcome(&[("authorization", &text), cookie]), Err(TwoCredentials));
        }
        assert_eq!(outcome(&[cookie]), Ok(Some(Carrier::Cookie)));
        assert_eq!(outcome(&[]), Ok(None));
    }

    #[test]
    fn a_malformed_bearer_token_is_none() {
        let token = SessionToken::generate(&mut rand::rng()).expose();
        for text in ["Bearer", "Bearer ", "Bearer x", "Bearer é", &format!("Bearer {token}x")] {
            assert_eq!(outcome(&[("authorization", text)]), Ok(None), "{text}");
        }
        let good = format!("Bearer {token}");
        let twice = [("authorization", &*good), ("authorization", &*good)];
        assert_eq!(outcome(&twice), Ok(None), "two fields");
    }

    #[test]
    fn another_scheme_is_that_of_a_proxy() {
        let token = SessionToken::generate(&mut rand::rng()).expose();
        let cookie = format!("passport_session={token}");
        for text in ["Basic dXNlcjpwYXNz", "Bearerx", "", &format!("Token {token}")] {
            let fields = [("authorization", text), ("cookie", &*cookie)];
            assert_eq!(outcome(&fields), Ok(Some(Carrier::Cookie)), "{text}");
        }
    }
}
