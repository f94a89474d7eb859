//! Names, attributes and contents of the service's cookies. All reading and writing of cookies passes
//! here.

mod csrf;
mod key;
mod own;
mod pairs;
mod steps;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, CookieBuilder, SameSite, time::Duration},
    http::header::{self, HeaderName, HeaderValue},
};
use passport_auth::CarriedTicket;
use passport_session::SessionToken;
use tracing::error;

pub(super) use csrf::{CsrfBinding, CsrfTokens};
pub(crate) use key::CookieKey;
pub(in crate::http) use steps::STEPS;

/// The only folder to which browsers send the challenge cookie.
const CHALLENGES: &str = "/passport";

/// Most cookies of one name that are read, so that a request costs little work however many it has. A
/// browser sends one, and perhaps one more for each folder of the path.
const MOST_OF_A_NAME: usize = 8;

/// Names and attributes of the service's cookies.
///
/// With `https` the names have the prefix `__Host-`, so that other hosts of the domain cannot set them
/// (RFC 6265bis §4.1.3.2). The original's cookie reader finds `csrf_token` after the prefix too. Only the
/// session cookie may be shared by the hosts of a domain, which that prefix forbids.
#[derive(Debug, Clone)]
pub(crate) struct Cookies {
    secure: bool,
    key: CookieKey,
    /// Domain whose hosts share the session cookie.
    domain: Option<String>,
}

/// Name of the session cookie.
pub(super) fn session_name(secure: bool, is_shared: bool) -> &'static str {
    match (secure, is_shared) {
        (true, false) => "__Host-passport_session",
        (true, true) => "__Secure-passport_session",
        (false, _) => "passport_session",
    }
}

impl Cookies {
    pub(crate) fn new(secure: bool, key: CookieKey) -> Self {
        Self { secure, key, domain: None }
    }

    /// The same, with a session cookie for all hosts of `domain`.
    pub(crate) fn shared_within(self, domain: String) -> Self {
        Self { domain: Some(domain), ..self }
    }

    /// Whether browsers send the session cookie of the service at the host `own` to `host`.
    pub(super) fn reach(&self, own: &str, host: &str) -> bool {
        let is_shared = |domain: &String| {
            host.strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        own == host || self.domain.as_ref().is_some_and(is_shared)
    }

    /// The session token of the request, if it has exactly one.
    ///
    /// Two different tokens are no token: a browser sends two if another application of the host has
    /// set one, and nothing tells which.
    pub(super) fn session(&self, request: &HttpRequest) -> Option<SessionToken> {
        let mut sessions = self.sessions(request);
        if sessions.len() == 1 { sessions.pop() } else { None }
    }

    /// All session tokens of the request. Values without the form of a token are skipped, and those that
    /// another host has planted beside that of the service.
    pub(super) fn sessions(&self, request: &HttpRequest) -> Vec<SessionToken> {
        let mut sessions: Vec<SessionToken> = Vec::new();
        for value in values(request, self.session_name()) {
            let token = str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            let Some(token): Option<SessionToken> = token else { continue };
            if sessions.iter().all(|known| known.digest() != token.digest()) {
                sessions.push(token);
            }
        }
        self.without_planted(request, sessions)
    }

    /// Stores the session token in the browser, and a CSRF token for it. It stays for `max_age`, which
    /// must not reach beyond the session, or until the browser is closed.
    pub(super) fn begin_session(
        &self,
        response: &mut HttpResponse,
        token: &SessionToken,
        max_age: Option<std::time::Duration>,
    ) {
        // Whole seconds, rounded down.
        let seconds = max_age.map(|it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX));
        let max_age = seconds.map(Duration::seconds);
        let mark = self.domain.is_some().then(|| self.mark(token));
        for mut cookie in [Some(self.session_cookie(token.expose())), mark].into_iter().flatten() {
            cookie.set_max_age(max_age);
            add(response, &cookie);
        }
        self.renew_csrf(response, std::slice::from_ref(token));
    }

    /// Deletes the session token from the browser, and replaces the CSRF token.
    pub(super) fn end_session(&self, response: &mut HttpResponse) {
        let mut cookie = self.session_cookie(String::new());
        cookie.make_removal();
        add(response, &cookie);
        if self.domain.is_some() {
            add(response, &self.no_mark());
        }
        self.renew_csrf(response, &[]);
    }

    /// The CSRF tokens of the request's cookies.
    pub(super) fn csrf<'a>(&self, request: &'a HttpRequest) -> CsrfTokens<'a> {
        let values = values(request, self.csrf_name());
        CsrfTokens::among(values, &self.sessions(request), &self.key)
    }

    /// Stores a new CSRF token, which scripts can read, for a browser with these `sessions`. Returns
    /// the token.
    pub(super) fn renew_csrf(
        &self,
        response: &mut HttpResponse,
        sessions: &[SessionToken],
    ) -> String {
        let token = self.new_csrf(sessions);
        self.store_csrf(response, &token);
        token
    }

    /// A new CSRF token for a browser with these `sessions`, to be stored by [`store_csrf`](Self::store_csrf).
    pub(super) fn new_csrf(&self, sessions: &[SessionToken]) -> String {
        csrf::fresh(sessions, &self.key)
    }

    /// Stores a CSRF token.
    pub(super) fn store_csrf(&self, response: &mut HttpResponse, token: &str) {
        add(response, &self.cookie(self.csrf_name(), token.to_owned()).finish());
    }

    /// Replaces the CSRF token of a browser whose token was refused. The response names it in
    /// [`CSRF_HEADER`] too, for pages that cannot tell which of several cookies is the new one.
    pub(super) fn replace_csrf(&self, response: &mut HttpResponse, sessions: &[SessionToken]) {
        let token = self.renew_csrf(response, sessions);
        if let Ok(value) = HeaderValue::from_str(&token) {
            response.headers_mut().insert(CSRF_HEADER, value);
        }
    }

    /// Whether `response` stores a CSRF token.
    pub(super) fn has_csrf<B>(&self, response: &HttpResponse<B>) -> bool {
        response.cookies().any(|cookie| cookie.name() == self.csrf_name())
    }

    /// The ticket of the latest image that the browser has loaded.
    pub(super) fn challenge(&self, request: &HttpRequest) -> Option<CarriedTicket> {
        let mut values = values(request, self.challenge_name());
        values.find_map(|value| str::from_utf8(value).ok()?.parse().ok())
    }

    /// Lets the browser load the sound of its image and, if the store is short of room, answer it.
    pub(super) fn set_challenge(&self, ticket: CarriedTicket, ttl: Duration) -> Cookie<'static> {
        Cookie::build(self.challenge_name(), ticket.expose())
            .path(CHALLENGES)
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Strict)
            .max_age(ttl)
            .finish()
    }

    fn cookie(&self, name: &'static str, value: String) -> CookieBuilder<'static> {
        Cookie::build(name, value).path("/").secure(self.secure).same_site(SameSite::Lax)
    }

    fn session_cookie(&self, token: String) -> Cookie<'static> {
        let cookie = self.cookie(self.session_name(), token).http_only(true);
        match &self.domain {
            Some(domain) => cookie.domain(domain.clone()).finish(),
            None => cookie.finish(),
        }
    }

    fn session_name(&self) -> &'static str {
        session_name(self.secure, self.domain.is_some())
    }

    /// Without `__Host-`, because that prefix requires the path `/`.
    fn challenge_name(&self) -> &'static str {
        if self.secure { "__Secure-passport_challenge" } else { "passport_challenge" }
    }

    fn csrf_name(&self) -> &'static str {
        if self.secure { "__Host-csrf_token" } else { "csrf_token" }
    }
}

/// Header field in which a page repeats the CSRF token of its cookie.
pub(super) const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrftoken");

fn values<'a>(request: &'a HttpRequest, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    let fields = request.headers().get_all(header::COOKIE).map(HeaderValue::as_bytes);
    pairs::values(fields, name).take(MOST_OF_A_NAME)
}

fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        error!(%error, name = cookie.name(), "cookie was not set");
    }
}

#[cfg(test)]
mod tests;
