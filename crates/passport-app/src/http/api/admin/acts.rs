use actix_web::web;
use passport_auth::{
    CredentialControl, Denied, Operator, OperatorError, SessionControl, StandingControl,
    UserDirectory, UserReference,
};
use passport_session::SessionId;
use passport_user::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    access::{Asked, SessionsWrite, UsersWrite},
    reason::{ReasonBody, because, user},
    users::find,
};
use crate::{
    http::{
        api::{describe::problems::problems, problem::Problem},
        extract::Json,
    },
    operations::UserView,
};

/// The result of an act.
#[derive(Serialize, ToSchema)]
#[schema(as = OperatorsResult)]
pub(in crate::http::api) struct ActResponse {
    /// Whether the act changed something. A repetition does not.
    changed: bool,
    /// The user after the act; `null` once deleted.
    #[schema(required = true)]
    user: Option<UserView>,
}

type Answer = Result<Json<ActResponse>, Problem>;

/// Performs `act` on the user `id`, for the reason that the operator gives, and answers what it changed.
async fn perform(
    operator: Operator,
    reason: Option<String>,
    id: Uuid,
    directory: &UserDirectory,
    act: impl AsyncFnOnce(UserId, &Operator) -> Result<bool, OperatorError>,
) -> Answer {
    let operator = because(operator, reason)?;
    let changed = act(user(id), &operator).await?;
    let user = directory.find(&UserReference::Id(user(id))).await?;
    Ok(Json(ActResponse { changed, user: user.as_ref().map(Into::into) }))
}

problems! { ActProblems: NotFound, Conflict }
problems! { FindProblems: NotFound }
problems! { StandingProblems: NotFound, AccountDisabled, Conflict }

/// Declares the handler of an act that has a reason at most.
macro_rules! acts {
    ($(
        $(#[$doc:meta])+
        $name:ident: $path:literal $id:literal $summary:literal $problems:ident,
            ($control:ident: $of:ty, $user:ident, $operator:ident) $act:expr;
    )+) => {
        $(
            $(#[$doc])+
            #[utoipa::path(
                post, path = $path, operation_id = $id, tag = "operators", summary = $summary,
                params(("id" = Uuid, Path, description = "Id of the user")),
                request_body = ReasonBody,
                security(("operator" = [])),
                responses(
                    (status = 200, description = "What the act changed", body = ActResponse),
                    $problems,
                ),
            )]
            pub(in crate::http::api) async fn $name(
                Asked { operator, body, .. }: Asked<UsersWrite, ReasonBody>,
                id: web::Path<Uuid>,
                $control: web::Data<$of>,
                directory: web::Data<UserDirectory>,
            ) -> Answer {
                let act = async |$user: UserId, $operator: &Operator| $act;
                perform(operator, body.reason, *id, &directory, act).await
            }
        )+
    };
}

acts! {
    /// `POST /api/admin/v1/users/{id}/disable`
    disable: "/api/admin/v1/users/{id}/disable" "disableUser" "Disable an account" ActProblems,
        (control: StandingControl, user, operator)
        Ok(control.disable(user, operator).await?.is_some());
    /// `POST /api/admin/v1/users/{id}/enable`
    enable: "/api/admin/v1/users/{id}/enable" "enableUser" "Enable an account" ActProblems,
        (control: StandingControl, user, operator)
        Ok(control.enable(user, operator).await?.is_some());
    /// `POST /api/admin/v1/users/{id}/restore`
    restore: "/api/admin/v1/users/{id}/restore" "restoreUser" "Keep an account that is to be deleted"
        ActProblems,
        (control: StandingControl, user, operator)
        Ok(control.restore(user, operator).await?.is_some());
    /// `POST /api/admin/v1/users/{id}/reset`: clears the password; the user sets a new one by SMS.
    reset: "/api/admin/v1/users/{id}/reset" "resetUser" "Clear a password" ActProblems,
        (control: CredentialControl, user, operator)
        control.reset(user, operator).await.map(|()| true);
    /// `POST /api/admin/v1/users/{id}/unlock`: clears the failures in a row of the number.
    unlock: "/api/admin/v1/users/{id}/unlock" "unlockUser" "Clear failures in a row" FindProblems,
        (control: CredentialControl, user, operator)
        control.unlock(user, operator).await.map(|()| true);
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorsDeletion)]
pub(in crate::http::api) struct DeleteBody {
    /// Reason for the audit log.
    reason: Option<String>,
    /// Whether everything is deleted at once, without a way back.
    #[serde(default)]
    now: bool,
}

/// `POST /api/admin/v1/users/{id}/delete`
#[utoipa::path(
    post, path = "/api/admin/v1/users/{id}/delete", operation_id = "deleteUser", tag = "operators",
    summary = "Delete an account",
    params(("id" = Uuid, Path, description = "Id of the user")),
    request_body = DeleteBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "What the act changed", body = ActResponse),
        StandingProblems,
    ),
)]
pub(in crate::http::api) async fn delete(
    Asked { operator, body, .. }: Asked<UsersWrite, DeleteBody>,
    id: web::Path<Uuid>,
    standing: web::Data<StandingControl>,
    directory: web::Data<UserDirectory>,
) -> Answer {
    let act = async |user, operator: &Operator| {
        if body.now {
            standing.delete_now(user, operator).await
        } else {
            Ok(standing.delete(user, operator).await?.is_some())
        }
    };
    perform(operator, body.reason, *id, &directory, act).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorsRevocation)]
pub(in crate::http::api) struct RevokeBody {
    /// Reason for the audit log.
    reason: Option<String>,
    /// The only session to end; all without it.
    session: Option<Uuid>,
}

/// `POST /api/admin/v1/users/{id}/revoke`: ends all sessions of the user, or one.
#[utoipa::path(
    post, path = "/api/admin/v1/users/{id}/revoke", operation_id = "revokeSessions",
    tag = "operators", summary = "End sessions of a user",
    params(("id" = Uuid, Path, description = "Id of the user")),
    request_body = RevokeBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "What the act changed", body = ActResponse),
        ActProblems,
    ),
)]
pub(in crate::http::api) async fn revoke(
    Asked { operator, body, .. }: Asked<SessionsWrite, RevokeBody>,
    id: web::Path<Uuid>,
    sessions: web::Data<SessionControl>,
    directory: web::Data<UserDirectory>,
) -> Answer {
    if body.session.is_some() {
        find(&directory, *id).await?;
    }
    let act = async |user, operator: &Operator| {
        let Some(session) = body.session else {
            sessions.end_all(user, operator).await?;
            return Ok(true);
        };
        let ended = sessions.end_one(user, SessionId::from_uuid(session), operator).await;
        Ok(ended.map_err(Denied::from)?)
    };
    perform(operator, body.reason, *id, &directory, act).await
}
