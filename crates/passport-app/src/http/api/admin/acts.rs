use actix_web::web;
use passport_auth::{
    CredentialControl, SessionControl, StandingControl, UserDirectory, UserReference,
};
use passport_session::SessionId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    access::{Asked, SessionsWrite, UsersWrite},
    reason::{ReasonBody, because, user},
    users::find,
};
use crate::{
    http::{api::problem::Problem, extract::Json},
    operations::UserView,
};

/// The result of an act.
#[derive(Serialize)]
pub(super) struct ActResponse {
    /// Whether the act changed something. A repetition does not.
    changed: bool,
    /// The user after the act; `null` once deleted.
    user: Option<UserView>,
}

type Asks = Asked<UsersWrite, ReasonBody>;
type Answer = Result<Json<ActResponse>, Problem>;

async fn answer(directory: &UserDirectory, id: Uuid, changed: bool) -> Answer {
    let user = directory.find(&UserReference::Id(user(id))).await?;
    Ok(Json(ActResponse { changed, user: user.as_ref().map(Into::into) }))
}

macro_rules! standings {
    ($($(#[$doc:meta])+ $name:ident;)+) => {
        $(
            $(#[$doc])+
            pub(super) async fn $name(
                Asked { operator, body, .. }: Asks,
                id: web::Path<Uuid>,
                standing: web::Data<StandingControl>,
                directory: web::Data<UserDirectory>,
            ) -> Answer {
                let operator = because(operator, body.reason)?;
                let changed = standing.$name(user(*id), &operator).await?;
                answer(&directory, *id, changed.is_some()).await
            }
        )+
    };
}

standings! {
    /// `POST /api/admin/v1/users/{id}/disable`
    disable;
    /// `POST /api/admin/v1/users/{id}/enable`
    enable;
    /// `POST /api/admin/v1/users/{id}/restore`
    restore;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteBody {
    reason: Option<String>,
    /// Whether everything is deleted at once, without a way back.
    #[serde(default)]
    now: bool,
}

/// `POST /api/admin/v1/users/{id}/delete`
pub(super) async fn delete(
    Asked { operator, body, .. }: Asked<UsersWrite, DeleteBody>,
    id: web::Path<Uuid>,
    standing: web::Data<StandingControl>,
    directory: web::Data<UserDirectory>,
) -> Answer {
    let operator = because(operator, body.reason)?;
    let changed = if body.now {
        standing.delete_now(user(*id), &operator).await?
    } else {
        standing.delete(user(*id), &operator).await?.is_some()
    };
    answer(&directory, *id, changed).await
}

/// `POST /api/admin/v1/users/{id}/reset`: clears the password; the user sets a new one by SMS.
pub(super) async fn reset(
    Asked { operator, body, .. }: Asks,
    id: web::Path<Uuid>,
    credentials: web::Data<CredentialControl>,
    directory: web::Data<UserDirectory>,
) -> Answer {
    let operator = because(operator, body.reason)?;
    credentials.reset(user(*id), &operator).await?;
    answer(&directory, *id, true).await
}

/// `POST /api/admin/v1/users/{id}/unlock`: clears the failures in a row of the number.
pub(super) async fn unlock(
    Asked { operator, body, .. }: Asks,
    id: web::Path<Uuid>,
    credentials: web::Data<CredentialControl>,
    directory: web::Data<UserDirectory>,
) -> Answer {
    let operator = because(operator, body.reason)?;
    credentials.unlock(user(*id), &operator).await?;
    answer(&directory, *id, true).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevokeBody {
    reason: Option<String>,
    /// The only session to end; all without it.
    session: Option<Uuid>,
}

/// `POST /api/admin/v1/users/{id}/revoke`: ends all sessions of the user, or one.
pub(super) async fn revoke(
    Asked { operator, body, .. }: Asked<SessionsWrite, RevokeBody>,
    id: web::Path<Uuid>,
    sessions: web::Data<SessionControl>,
    directory: web::Data<UserDirectory>,
) -> Answer {
    let operator = because(operator, body.reason)?;
    let changed = if let Some(session) = body.session {
        let found = find(&directory, *id).await?;
        sessions.end_one(found.id, SessionId::from_uuid(session), &operator).await?
    } else {
        sessions.end_all(user(*id), &operator).await?;
        true
    };
    answer(&directory, *id, changed).await
}
