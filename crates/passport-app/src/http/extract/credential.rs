use actix_web::{HttpRequest, web};
use passport_session::SessionToken;

use crate::http::cookies::Cookies;

/// Session token of a request, and how it was sent.
#[derive(Debug)]
pub(in crate::http) enum Credential {
    /// By a cookie. Browsers attach it to every request, also to those of another site's page, so
    /// unsafe methods need proof of the page's origin (`guard::csrf`).
    Cookie(SessionToken),
}

impl Credential {
    /// The credential that `request` carries, if it has the form of one.
    pub(in crate::http) fn of(request: &HttpRequest) -> Option<Self> {
        let cookies = request.app_data::<web::Data<Cookies>>()?;
        cookies.session(request).map(Self::Cookie)
    }

    /// The session token.
    pub(in crate::http) fn token(&self) -> &SessionToken {
        match self {
            Self::Cookie(token) => token,
        }
    }
}
