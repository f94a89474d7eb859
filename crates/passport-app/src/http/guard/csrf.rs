use actix_web::{HttpRequest, http::header};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::settings::Origin;

/// Header field in which a page repeats the CSRF token of its cookie.
const HEADER: &str = "X-CSRFToken";
const FETCH_SITE: &str = "Sec-Fetch-Site";

/// Origins of the pages that may call the service.
#[derive(Debug, Clone)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    pub(crate) fn new(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self(origins.into_iter().map(|origin| origin.to_string()).collect())
    }

    fn contain(&self, origin: &[u8]) -> bool {
        self.0.iter().any(|own| own.as_bytes() == origin)
    }
}

/// Why a request is held to come from another site's page. The text names the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(in crate::http) enum CrossSite {
    /// `Origin` is not an origin of the service.
    #[error("origin")]
    Origin,
    /// `Sec-Fetch-Site` names another site.
    #[error("fetch site")]
    FetchSite,
    /// The CSRF token is not repeated.
    #[error("token")]
    Token,
}

/// Refuses a request with evidence of another site. `token` is the CSRF token of its cookie.
///
/// A request without any of the three header fields passes: the original API accepts the first
/// `POST` of a client that has no cookie yet.
pub(in crate::http) fn refuse_foreign(
    request: &HttpRequest,
    token: Option<&str>,
    origins: &Origins,
) -> Result<(), CrossSite> {
    if field(request, header::ORIGIN.as_str()).is_some_and(|origin| !origins.contain(origin)) {
        return Err(CrossSite::Origin);
    }
    if field(request, FETCH_SITE) == Some(b"cross-site") {
        return Err(CrossSite::FetchSite);
    }
    match token {
        Some(token) if !is_repeated(request, token) => Err(CrossSite::Token),
        _ => Ok(()),
    }
}

/// Refuses a request without evidence of an own page. `token` is the CSRF token of its cookie.
///
/// The first evidence that the request has decides: `Origin`, then `Sec-Fetch-Site`, then the token.
pub(in crate::http) fn require_own(
    request: &HttpRequest,
    token: Option<&str>,
    origins: &Origins,
) -> Result<(), CrossSite> {
    let (passes, refusal) = if let Some(origin) = field(request, header::ORIGIN.as_str()) {
        (origins.contain(origin), CrossSite::Origin)
    } else if let Some(site) = field(request, FETCH_SITE) {
        (matches!(site, b"same-origin" | b"none"), CrossSite::FetchSite)
    } else {
        let is_repeated = token.is_some_and(|token| is_repeated(request, token));
        (is_repeated, CrossSite::Token)
    };
    if passes { Ok(()) } else { Err(refusal) }
}

/// Takes the same time wherever the two tokens differ. An empty token proves nothing.
fn is_repeated(request: &HttpRequest, token: &str) -> bool {
    let repeated = field(request, HEADER).unwrap_or_default();
    !token.is_empty() && token.as_bytes().ct_eq(repeated).into()
}

/// The value as bytes: a value that is not text is still evidence.
fn field<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a [u8]> {
    request.headers().get(name).map(header::HeaderValue::as_bytes)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OWN: &str = "https://passport.test";
    const FOREIGN: &str = "https://evil.test";

    type Fields<'a> = &'a [(&'static str, &'static str)];
    type Check = fn(&HttpRequest, Option<&str>, &Origins) -> Result<(), CrossSite>;

    fn outcome(check: Check, token: Option<&str>, fields: Fields<'_>) -> Result<(), CrossSite> {
        let origins = Origins::new([OWN.parse().unwrap()]);
        let request =
            fields.iter().fold(TestRequest::post(), |request, field| request.insert_header(*field));
        check(&request.to_http_request(), token, &origins)
    }

    #[test]
    fn ses_8_evidence_of_another_site_is_refused_by_both_rules() {
        for check in [refuse_foreign as Check, require_own] {
            let of = |fields: Fields<'_>| outcome(check, Some("t"), fields);
            let repeated = ("X-CSRFToken", "t");
            assert_eq!(of(&[("Origin", FOREIGN), repeated]), Err(CrossSite::Origin));
            assert_eq!(of(&[("Origin", "null"), repeated]), Err(CrossSite::Origin));
            let cross_site = ("Sec-Fetch-Site", "cross-site");
            assert_eq!(of(&[cross_site, repeated]), Err(CrossSite::FetchSite));
            assert_eq!(of(&[("X-CSRFToken", "u")]), Err(CrossSite::Token));
            assert_eq!(of(&[]), Err(CrossSite::Token));
            assert_eq!(of(&[repeated]), Ok(()));
        }
    }

    #[test]
    fn ses_8_one_rule_accepts_a_request_without_evidence_and_the_other_does_not() {
        assert_eq!(outcome(refuse_foreign, None, &[]), Ok(()));
        assert_eq!(outcome(require_own, None, &[]), Err(CrossSite::Token));
        assert_eq!(outcome(require_own, Some(""), &[("X-CSRFToken", "")]), Err(CrossSite::Token));
    }

    #[test]
    fn ses_8_one_proof_of_an_own_page_is_enough() {
        for proof in
            [("Origin", OWN), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")]
        {
            assert_eq!(outcome(require_own, None, &[proof]), Ok(()), "{proof:?}");
        }
        let same_site = [("Sec-Fetch-Site", "same-site")];
        assert_eq!(outcome(require_own, Some("t"), &same_site), Err(CrossSite::FetchSite));
    }
}
