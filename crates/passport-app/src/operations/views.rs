//! JSON of users, sessions, events and tokens, as operators see them.

use std::collections::BTreeMap;

use passport_auth::{PersonalData, TokenKeyStage, TokenKeyState};
use passport_session::{Method, Session};
use passport_user::{
    AccountEvent, Actor, EventOutcome, OperatorToken, PhoneNumber, Scope, Standing, StandingKind,
    User,
};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorsUser)]
pub(crate) struct UserView {
    pub(crate) id: Uuid,
    /// Number with its middle masked; whole in E.164 if an operator asked for it.
    #[schema(required = true)]
    pub(crate) mobile: Option<String>,
    pub(crate) nick_name: String,
    pub(crate) has_password: bool,
    /// `active`, `disabled` or `leaving`.
    pub(crate) standing: &'static str,
    /// Time from which on the user is not active.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    pub(crate) standing_since: Option<OffsetDateTime>,
    /// Time of the deletion, if it was requested.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    pub(crate) purge_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    pub(crate) last_login_at: Option<OffsetDateTime>,
    /// Consent to the terms, if one was asked for.
    #[schema(required = true)]
    pub(crate) terms: Option<TermsView>,
}

/// A consent to the terms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorsConsent)]
pub(crate) struct TermsView {
    /// Version of the terms.
    pub(crate) version: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) accepted_at: OffsetDateTime,
}

impl UserView {
    /// With the whole number.
    pub(crate) fn whole(user: &User) -> Self {
        Self { mobile: user.phone.as_ref().map(|it| it.as_e164().to_owned()), ..user.into() }
    }
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        let (standing_since, purge_at) = match user.standing {
            Standing::Active => (None, None),
            Standing::Disabled { since } => (Some(since), None),
            Standing::Leaving { since, purge_at } => (Some(since), Some(purge_at)),
        };
        Self {
            id: user.id.as_uuid(),
            mobile: user.phone.as_ref().map(PhoneNumber::masked),
            nick_name: user.nick_name.as_str().to_owned(),
            has_password: user.password_hash.is_some(),
            standing: standing_name(user.standing.kind()),
            standing_since,
            purge_at,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            terms: user.consent.as_ref().map(|consent| TermsView {
                version: consent.version.as_str().to_owned(),
                accepted_at: consent.at,
            }),
        }
    }
}

/// Name of a standing.
pub(crate) fn standing_name(kind: StandingKind) -> &'static str {
    match kind {
        StandingKind::Active => "active",
        StandingKind::Disabled => "disabled",
        StandingKind::Leaving => "leaving",
    }
}

/// A session of a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorsSession)]
pub(crate) struct SessionView {
    pub(crate) id: Uuid,
    pub(crate) browser: String,
    pub(crate) system: String,
    pub(crate) kind: &'static str,
    #[schema(required = true)]
    pub(crate) place: Option<String>,
    pub(crate) address: String,
    pub(crate) remembered: bool,
    /// Kinds of proof that were given.
    pub(crate) methods: Vec<&'static str>,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) last_seen_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) expires_at: OffsetDateTime,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.as_uuid(),
            browser: session.device.browser().to_owned(),
            system: session.device.system().to_owned(),
            kind: session.device.kind().as_str(),
            place: session.place.clone(),
            address: session.address.clone(),
            remembered: session.remembered,
            methods: session.methods.iter().map(method_name).collect(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Password => "password",
        Method::Code => "code",
        Method::Totp => "totp",
        Method::RecoveryCode => "recovery_code",
        Method::Passkey => "passkey",
        Method::Operator => "operator",
    }
}

/// An event of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorsEvent)]
pub(crate) struct EventView {
    pub(crate) id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
    pub(crate) kind: &'static str,
    /// `done` or `refused`.
    pub(crate) outcome: &'static str,
    /// Rule of a refusal.
    #[schema(required = true)]
    pub(crate) rule: Option<String>,
    /// `operator:NAME`, `user:ID`, `service` or `unknown`.
    pub(crate) actor: String,
    /// Id of the user whom it is about.
    #[schema(required = true)]
    pub(crate) user: Option<Uuid>,
    /// Number with its middle masked.
    #[schema(required = true)]
    pub(crate) mobile: Option<String>,
    #[schema(required = true)]
    pub(crate) address: Option<String>,
    #[schema(required = true)]
    pub(crate) session: Option<Uuid>,
    #[schema(required = true)]
    pub(crate) request_id: Option<String>,
    /// Reason that an operator gave.
    #[schema(required = true)]
    pub(crate) reason: Option<String>,
    pub(crate) detail: BTreeMap<String, String>,
}

impl From<&AccountEvent> for EventView {
    fn from(event: &AccountEvent) -> Self {
        let (outcome, rule) = match &event.outcome {
            EventOutcome::Done => ("done", None),
            EventOutcome::Refused(rule) => ("refused", Some(rule.clone())),
        };
        Self {
            id: event.id.as_uuid(),
            at: event.at,
            kind: event.kind.as_str(),
            outcome,
            rule,
            actor: match &event.actor {
                Actor::Anonymous => "unknown".to_owned(),
                Actor::User(id) => format!("user:{id}"),
                Actor::Operator(name) => format!("operator:{name}"),
                Actor::System => "service".to_owned(),
            },
            user: event.subject.map(passport_user::UserId::as_uuid),
            mobile: event.phone.as_ref().map(|phone| phone.masked.clone()),
            address: event.address.clone(),
            session: event.session,
            request_id: event.request_id.clone(),
            reason: event.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            detail: event.detail.clone(),
        }
    }
}

/// Everything that is kept of a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorsExport)]
pub(crate) struct ExportView {
    /// With the whole number.
    pub(crate) user: UserView,
    pub(crate) sessions: Vec<SessionView>,
    /// Newest first.
    pub(crate) events: Vec<EventView>,
}

impl From<&PersonalData> for ExportView {
    fn from(data: &PersonalData) -> Self {
        Self {
            user: UserView::whole(&data.user),
            sessions: data.sessions.iter().map(Into::into).collect(),
            events: data.events.iter().map(Into::into).collect(),
        }
    }
}

/// A token of the API for operators, without its secret.
#[derive(Debug, Serialize)]
pub(crate) struct TokenView {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) scopes: Vec<&'static str>,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) expires_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) last_used_at: Option<OffsetDateTime>,
}

impl From<&OperatorToken> for TokenView {
    fn from(token: &OperatorToken) -> Self {
        Self {
            id: token.id.as_uuid(),
            name: token.name.as_str().to_owned(),
            scopes: token.scopes.iter().map(Scope::as_str).collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// A key of access tokens.
#[derive(Debug, Serialize)]
pub(crate) struct KeyView {
    pub(crate) id: String,
    pub(crate) generation: u32,
    pub(crate) algorithm: String,
    /// `published`, `signing`, `verifying` or `retired`.
    pub(crate) stage: &'static str,
    /// Whether the master secret opens the key.
    pub(crate) is_readable: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) active_from: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) retired_at: Option<OffsetDateTime>,
}

impl From<&TokenKeyState> for KeyView {
    fn from(TokenKeyState { record, stage, is_readable }: &TokenKeyState) -> Self {
        Self {
            id: record.id.clone(),
            generation: record.generation,
            algorithm: record.algorithm.clone(),
            stage: match stage {
                TokenKeyStage::Published => "published",
                TokenKeyStage::Signing => "signing",
                TokenKeyStage::Verifying => "verifying",
                TokenKeyStage::Retired => "retired",
            },
            is_readable: *is_readable,
            created_at: record.created_at,
            active_from: record.active_from,
            retired_at: record.retired_at,
        }
    }
}
