use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
};
use thiserror::Error;

use crate::{
    http::cookies::{CSRF_HEADER, CsrfBinding, CsrfTokens},
    settings::Origin,
};

const FETCH_SITE: &str = "Sec-Fetch-Site";

/// Origins of the pages that may call the service.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    own: Vec<String>,
    is_named: bool,
}

/// Header field of a refusal that names the expected origin, so that the page can say what to set.
const EXPECTED_ORIGIN: HeaderName = HeaderName::from_static("x-expected-origin");

impl Origins {
    /// The public origin comes first.
    pub(crate) fn new(origins: impl IntoIterator<Item = Origin>) -> Self {
        let own = origins.into_iter().map(|origin| origin.to_string()).collect();
        Self { own, is_named: false }
    }

    /// Names the public origin in refusals, for development.
    pub(crate) fn named_in_refusals(self) -> Self {
        Self { is_named: true, ..self }
    }

    /// The origins as browsers write them.
    pub(super) fn as_slice(&self) -> &[String] {
        &self.own
    }

    /// Adds to the `response` of a refusal what its page needs to explain it.
    pub(in crate::http) fn explain(&self, refusal: CrossSite, response: &mut HttpResponse) {
        let Some(public) = self.named() else { return };
        if refusal == CrossSite::Origin
            && let Ok(value) = HeaderValue::from_str(public)
        {
            response.headers_mut().insert(EXPECTED_ORIGIN, value);
        }
    }

    /// The public origin, where refusals name it.
    pub(in crate::http) fn named(&self) -> Option<&str> {
        self.own.first().filter(|_| self.is_named).map(String::as_str)
    }

    fn contain(&self, origin: &[u8]) -> bool {
        self.own.iter().any(|own| own.as_bytes() == origin)
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
    /// The CSRF token is not repeated, was not issued here, or is that of another session.
    #[error("token")]
    Token,
}

/// What a request that was not refused may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Authority {
    /// Everything: a page of the service sent it, in the session that its cookies name.
    Session,
    /// What needs no session: nothing shows that a page of the session sent it.
    Visitor,
}

/// Refuses a request with evidence of another site. `tokens` are the CSRF tokens of its cookies.
///
/// A request without any of the three header fields passes as that of a visitor: the original API
/// accepts the first `POST` of a client that has no cookie yet.
pub(in crate::http) fn refuse_foreign(
    request: &HttpRequest,
    tokens: &CsrfTokens<'_>,
    origins: &Origins,
) -> Result<Authority, CrossSite> {
    let (origin, site) = (field(request, header::ORIGIN.as_str()), field(request, FETCH_SITE));
    if origin.is_some_and(|origin| !origins.contain(origin)) {
        return Err(CrossSite::Origin);
    }
    if site == Some(b"cross-site") {
        return Err(CrossSite::FetchSite);
    }
    if tokens.is_sent {
        return match repeated(request, tokens) {
            Some(CsrfBinding::Current) => Ok(Authority::Session),
            Some(CsrfBinding::Other) => Ok(Authority::Visitor),
            None => Err(CrossSite::Token),
        };
    }
    let is_own = origin.is_some() || site.is_some_and(is_own_site);
    Ok(if is_own { Authority::Session } else { Authority::Visitor })
}

/// Refuses a request without evidence of an own page. `tokens` are the CSRF tokens of its cookies.
///
/// The first evidence that the request has decides: `Origin`, then `Sec-Fetch-Site`, then the token.
pub(in crate::http) fn require_own(
    request: &HttpRequest,
    tokens: &CsrfTokens<'_>,
    origins: &Origins,
) -> Result<(), CrossSite> {
    let (passes, refusal) = if let Some(origin) = field(request, header::ORIGIN.as_str()) {
        (origins.contain(origin), CrossSite::Origin)
    } else if let Some(site) = field(request, FETCH_SITE) {
        (is_own_site(site), CrossSite::FetchSite)
    } else {
        (repeated(request, tokens) == Some(CsrfBinding::Current), CrossSite::Token)
    };
    if passes { Ok(()) } else { Err(refusal) }
}

/// Refuses a form without evidence of an own page. `tokens` are the CSRF tokens of its cookies, `repeated`
/// is the token in its field.
///
/// Unlike [`require_own`], the token is required in any case, because a browser sends it with every form
/// that the service has rendered.
pub(in crate::http) fn require_own_form(
    request: &HttpRequest,
    tokens: &CsrfTokens<'_>,
    origins: &Origins,
    repeated: &[u8],
) -> Result<(), CrossSite> {
    if field(request, header::ORIGIN.as_str()).is_some_and(|origin| !origins.contain(origin)) {
        return Err(CrossSite::Origin);
    }
    if field(request, FETCH_SITE).is_some_and(|site| !is_own_site(site)) {
        return Err(CrossSite::FetchSite);
    }
    if tokens.repeated(repeated) == Some(CsrfBinding::Current) {
        Ok(())
    } else {
        Err(CrossSite::Token)
    }
}

/// Whether the browser says that a page of this origin, or the person at the browser, sent the request.
fn is_own_site(site: &[u8]) -> bool {
    matches!(site, b"same-origin" | b"none")
}

/// What the token is bound to that the request repeats. An absent token proves nothing.
fn repeated(request: &HttpRequest, tokens: &CsrfTokens<'_>) -> Option<CsrfBinding> {
    tokens.repeated(field(request, CSRF_HEADER.as_str())?)
}

/// The value as bytes: a value that is not text is still evidence.
fn field<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a [u8]> {
    request.headers().get(name).map(HeaderValue::as_bytes)
}

#[cfg(test)]
mod tests;
