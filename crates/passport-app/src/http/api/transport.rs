//! How a session token reaches the client: by a cookie, or once in the body.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use passport_auth::{Freshness, Renewed, SignedIn};
use passport_session::{Session, SessionToken};
use passport_user::User;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::describe::values::Token;
use super::views::{SessionView, SignedInView};
use crate::http::{cookies::Cookies, extract::Carrier};

/// How a client wants the token of a new session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Transport {
    /// By a cookie, for browsers.
    #[default]
    Cookie,
    /// Once in the body, for `Authorization: Bearer`.
    Bearer,
}

/// A new session.
#[derive(Serialize, ToSchema)]
#[schema(as = NewSession)]
pub(super) struct SignedInResponse<Extra: Serialize> {
    #[serde(flatten)]
    view: SignedInView,
    #[serde(flatten)]
    extra: Extra,
    /// For `transport` `bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Token, required = false)]
    token: Option<String>,
}

/// A session after a change.
#[derive(Serialize, ToSchema)]
#[schema(as = RenewedSession)]
pub(super) struct RenewedResponse<Extra: Serialize> {
    /// The session under its new token; absent if the client has to sign in again.
    #[schema(required = true)]
    session: Option<SessionView>,
    #[serde(flatten)]
    extra: Extra,
    /// New token, if the request sent the former one as a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Token, required = false)]
    token: Option<String>,
}

impl Transport {
    /// The way in which a request has sent its token, by which it gets a new one.
    pub(super) fn of(carrier: Carrier) -> Self {
        match carrier {
            Carrier::Cookie => Self::Cookie,
            Carrier::Bearer => Self::Bearer,
        }
    }

    /// The session of the browser that a new session by cookie replaces.
    pub(super) fn former(self, request: &HttpRequest, cookies: &Cookies) -> Option<SessionToken> {
        match self {
            Self::Cookie => cookies.session(request),
            Self::Bearer => None,
        }
    }

    /// 201: a new session, with the `extra` members of the response.
    pub(super) fn signed_in(
        self,
        signed_in: &SignedIn,
        extra: impl Serialize,
        freshness: &Freshness,
        cookies: &Cookies,
    ) -> HttpResponse {
        let SignedIn { user, session, token } = signed_in;
        let body = SignedInResponse {
            view: SignedInView::new(user, session, freshness),
            extra,
            token: (self == Self::Bearer).then(|| token.expose()),
        };
        let mut response = HttpResponse::build(StatusCode::CREATED).json(body);
        if self == Self::Cookie {
            let life = Duration::try_from(session.expires_at - session.created_at);
            let age = cookie_age(session, life.unwrap_or_default());
            cookies.begin_session(&mut response, token, age);
        }
        response
    }

    /// 200: a change after which the session of the request has a new token, or has ended.
    pub(super) fn renewed(
        self,
        user: &User,
        renewed: Option<&Renewed>,
        extra: impl Serialize,
        freshness: &Freshness,
        cookies: &Cookies,
    ) -> HttpResponse {
        let body = RenewedResponse {
            session: renewed.map(|renewed| SessionView::of(user, &renewed.session, freshness)),
            extra,
            token: renewed.filter(|_| self == Self::Bearer).map(|renewed| renewed.token.expose()),
        };
        let mut response = HttpResponse::Ok().json(body);
        match (self, renewed) {
            (Self::Bearer, _) => {}
            (Self::Cookie, None) => cookies.end_session(&mut response),
            (Self::Cookie, Some(Renewed { session, token, expires_in })) => {
                cookies.begin_session(&mut response, token, cookie_age(session, *expires_in));
            }
        }
        response
    }
}

/// No members beside those that every response of its kind has.
#[derive(Serialize, ToSchema)]
pub(super) struct NoExtra {}

/// Life of the cookie: what is left of the session if the person asked to be remembered, else until the
/// browser is closed.
fn cookie_age(session: &Session, left: Duration) -> Option<Duration> {
    session.remembered.then_some(left)
}
