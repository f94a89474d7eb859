//! Representations that several resources share.

use passport_auth::{Authenticated, Freshness};
use passport_session::Session;
use passport_user::{Consent, Standing, User};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    describe::values::{MaskedMobile, MethodName, NickNameText, TermsVersionText},
    names::method_name,
};

/// A user, as the user sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserView {
    id: Uuid,
    /// Number with its middle masked; whole in an export.
    #[schema(value_type = Option<MaskedMobile>, required = true)]
    mobile: Option<String>,
    #[schema(value_type = NickNameText)]
    nick_name: String,
    has_password: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    last_login_at: Option<OffsetDateTime>,
    /// Consent to the terms, if one was recorded.
    #[schema(required = true)]
    terms: Option<ConsentView>,
    /// Time of the deletion, if it was requested.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    leaving: Option<OffsetDateTime>,
}

/// A consent to the terms.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
struct ConsentView {
    #[schema(value_type = TermsVersionText)]
    version: String,
    #[serde(with = "time::serde::rfc3339")]
    accepted_at: OffsetDateTime,
}

impl From<&Consent> for ConsentView {
    fn from(consent: &Consent) -> Self {
        Self { version: consent.version.as_str().to_owned(), accepted_at: consent.at }
    }
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.as_uuid(),
            mobile: user.phone.as_ref().map(passport_user::PhoneNumber::masked),
            nick_name: user.nick_name.as_str().to_owned(),
            has_password: user.password_hash.is_some(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            terms: user.consent.as_ref().map(ConsentView::from),
            leaving: match user.standing {
                Standing::Leaving { purge_at, .. } => Some(purge_at),
                Standing::Active | Standing::Disabled { .. } => None,
            },
        }
    }
}

impl UserView {
    /// With the whole number, in E.164.
    pub(super) fn whole(user: &User) -> Self {
        let mobile = user.phone.as_ref().map(|phone| phone.as_e164().to_owned());
        Self { mobile, ..user.into() }
    }
}

/// The session of the request.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView {
    id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Kinds of proof that were given.
    #[schema(value_type = Vec<MethodName>)]
    methods: Vec<&'static str>,
    #[serde(with = "time::serde::rfc3339")]
    authenticated_at: OffsetDateTime,
    /// Time until which it needs no confirmation; absent if it needs one in any case.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    fresh_until: Option<OffsetDateTime>,
    remembered: bool,
}

impl SessionView {
    pub(super) fn of(user: &User, session: &Session, freshness: &Freshness) -> Self {
        Self {
            id: session.id.as_uuid(),
            created_at: session.created_at,
            expires_at: session.expires_at,
            methods: session.methods.iter().map(method_name).collect(),
            authenticated_at: session.authenticated_at,
            fresh_until: freshness.until(user, session),
            remembered: session.remembered,
        }
    }
}

/// The user and the session of a request.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(super) struct SignedInView {
    user: UserView,
    session: SessionView,
}

impl SignedInView {
    pub(super) fn of(person: &Authenticated, freshness: &Freshness) -> Self {
        Self::new(&person.user, &person.session, freshness)
    }

    pub(super) fn new(user: &User, session: &Session, freshness: &Freshness) -> Self {
        Self { user: user.into(), session: SessionView::of(user, session, freshness) }
    }
}
