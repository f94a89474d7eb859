use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use passport_auth::CarriedTicket;
use passport_session::SessionToken;

/// The only folder to which browsers send the challenge cookie.
const CHALLENGES: &str = "/passport";

/// Names and attributes of the service's cookies.
///
/// With `https` the names have the prefix `__Host-`, so that other hosts of the domain cannot set them
/// (RFC 6265bis §4.1.3.2). The original's cookie reader finds `csrf_token` after the prefix too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    secure: bool,
}

impl Cookies {
    pub(crate) fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The session token of the request, if it has the form of one.
    pub(super) fn session(self, request: &HttpRequest) -> Option<SessionToken> {
        value(request, self.session_name())?.parse().ok()
    }

    /// Stores the session token in the browser until the browser is closed.
    pub(super) fn set_session(self, token: &SessionToken) -> Cookie<'static> {
        self.cookie(self.session_name(), token.expose()).http_only(true).finish()
    }

    /// Deletes the session token from the browser.
    pub(super) fn forget_session(self) -> Cookie<'static> {
        let mut cookie = self.cookie(self.session_name(), String::new()).http_only(true).finish();
        cookie.make_removal();
        cookie
    }

    /// The CSRF token of the request's cookie.
    pub(super) fn csrf(self, request: &HttpRequest) -> Option<String> {
        value(request, self.csrf_name())
    }

    /// Stores a CSRF token that scripts can read.
    pub(super) fn set_csrf(self, token: String) -> Cookie<'static> {
        self.cookie(self.csrf_name(), token).finish()
    }

    /// The ticket of the latest image that the browser has loaded.
    pub(super) fn challenge(self, request: &HttpRequest) -> Option<CarriedTicket> {
        value(request, self.challenge_name())?.parse().ok()
    }

    /// Lets the browser load the sound of its image and, if the store is short of room, answer it.
    pub(super) fn set_challenge(self, ticket: CarriedTicket, ttl: Duration) -> Cookie<'static> {
        Cookie::build(self.challenge_name(), ticket.expose())
            .path(CHALLENGES)
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Strict)
            .max_age(ttl)
            .finish()
    }

    fn cookie(
        self,
        name: &'static str,
        value: String,
    ) -> actix_web::cookie::CookieBuilder<'static> {
        Cookie::build(name, value).path("/").secure(self.secure).same_site(SameSite::Lax)
    }

    fn session_name(self) -> &'static str {
        if self.secure { "__Host-passport_session" } else { "passport_session" }
    }

    /// Without `__Host-`, because that prefix requires the path `/`.
    fn challenge_name(self) -> &'static str {
        if self.secure { "__Secure-passport_challenge" } else { "passport_challenge" }
    }

    fn csrf_name(self) -> &'static str {
        if self.secure { "__Host-csrf_token" } else { "csrf_token" }
    }
}

/// The value of the request's cookie `name`. All reading of cookies passes here.
fn value(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}
