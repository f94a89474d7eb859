use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use passport_auth::Ticket;
use passport_session::SessionToken;
use uuid::Uuid;

/// The only path that is sent the challenge's cookie.
const AUDIO_CODE: &str = "/passport/audio_code";

/// Names and attributes of our cookies.
///
/// Behind `https` they carry the prefix `__Host-`: no other host of the domain can set them
/// (RFC 6265bis §4.1.3.2). The original's cookie reader finds `csrf_token` behind the prefix too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    secure: bool,
}

impl Cookies {
    pub(crate) fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The session token that the browser sent, if it is of our form.
    pub(super) fn session(self, request: &HttpRequest) -> Option<SessionToken> {
        request.cookie(self.session_name())?.value().parse().ok()
    }

    /// Gives the browser its session token. It goes when the browser is closed.
    pub(super) fn set_session(self, token: &SessionToken) -> Cookie<'static> {
        self.cookie(self.session_name(), token.expose()).http_only(true).finish()
    }

    /// Makes the browser forget its session token.
    pub(super) fn forget_session(self) -> Cookie<'static> {
        let mut cookie = self.cookie(self.session_name(), String::new()).http_only(true).finish();
        cookie.make_removal();
        cookie
    }

    /// The CSRF token that the browser sent.
    pub(super) fn csrf(self, request: &HttpRequest) -> Option<String> {
        request.cookie(self.csrf_name()).map(|cookie| cookie.value().to_owned())
    }

    /// Gives the browser a CSRF token that scripts can read.
    pub(super) fn set_csrf(self, token: String) -> Cookie<'static> {
        self.cookie(self.csrf_name(), token).finish()
    }

    /// Which picture the browser saw last, and what it is spoken from.
    pub(super) fn challenge(self, request: &HttpRequest) -> Option<(Uuid, Ticket)> {
        let cookie = request.cookie(self.challenge_name())?;
        let (id, ticket) = cookie.value().split_once('.')?;
        Some((id.parse().ok()?, ticket.parse().ok()?))
    }

    /// Lets the browser fetch the sound of the picture that it gets. The cookie goes nowhere else.
    pub(super) fn set_challenge(self, id: Uuid, ticket: Ticket, ttl: Duration) -> Cookie<'static> {
        let value = format!("{}.{}", id.simple(), ticket.expose());
        Cookie::build(self.challenge_name(), value)
            .path(AUDIO_CODE)
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

    /// Not `__Host-`, which wants the path `/`.
    fn challenge_name(self) -> &'static str {
        if self.secure { "__Secure-passport_challenge" } else { "passport_challenge" }
    }

    fn csrf_name(self) -> &'static str {
        if self.secure { "__Host-csrf_token" } else { "csrf_token" }
    }
}
