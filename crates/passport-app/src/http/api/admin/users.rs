use std::time::Duration;

use actix_web::web;
use passport_auth::{
    Clock, ExportUser, SessionControl, SystemClock, Unavailable, UserDirectory, UserReference,
};
use passport_user::{PhoneNumber, StandingKind, User, UserFilter, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    access::{Asked, By, UsersRead, UsersReveal},
    reason::{ReasonBody, because, user},
};
use crate::{
    http::{
        api::{
            describe::{problems::problems, values::Mobile},
            problem::{Code, Problem},
        },
        extract::Json,
    },
    operations::{ExportView, MOST_USERS, SessionView, UserView},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct UsersQuery {
    /// `active`, `disabled` or `leaving`.
    standing: Option<StandingName>,
    /// Users who have not signed in for so many days.
    quiet_days: Option<u16>,
    /// Id of the last user of the former page.
    after: Option<Uuid>,
    /// Users of the page, 50 by default, at most 1,000.
    limit: Option<u32>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum StandingName {
    Active,
    Disabled,
    Leaving,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OperatorsUsers)]
pub(in crate::http::api) struct UsersResponse {
    users: Vec<UserView>,
    /// Value of `after` for the next page; `null` on the last one.
    #[schema(required = true)]
    next: Option<Uuid>,
}

problems! { ListProblems: QueryInvalid }
problems! { FindProblems: NotFound }
problems! { SearchProblems: NotFound, MobileInvalid }

/// `GET /api/admin/v1/users`: users in the order of their ids, numbers masked.
#[utoipa::path(
    get, path = "/api/admin/v1/users", operation_id = "listUsers", tag = "operators",
    summary = "List users",
    params(
        ("standing" = Option<String>, Query, description = "`active`, `disabled` or `leaving`"),
        ("quiet_days" = Option<u16>, Query, description = "Days without a sign-in"),
        ("after" = Option<Uuid>, Query, description = "Member `next` of the former page"),
        ("limit" = Option<u32>, Query, description = "Users of the page, 50 by default, at most 1,000"),
    ),
    security(("operator" = [])),
    responses(
        (status = 200, description = "A page of users", body = UsersResponse),
        ListProblems,
    ),
)]
pub(in crate::http::api) async fn list(
    _: By<UsersRead>,
    query: Result<web::Query<UsersQuery>, actix_web::Error>,
    directory: web::Data<UserDirectory>,
) -> Result<Json<UsersResponse>, Problem> {
    let UsersQuery { standing, quiet_days, after, limit } =
        query.map_err(|_| Code::QueryInvalid)?.into_inner();
    let limit = limit.unwrap_or(50);
    if !(1..=MOST_USERS).contains(&limit) {
        return Err(Code::QueryInvalid.into());
    }
    let quiet = quiet_days.map(|days| Duration::from_hours(24 * u64::from(days)));
    let filter = UserFilter {
        standing: standing.map(|name| match name {
            StandingName::Active => StandingKind::Active,
            StandingName::Disabled => StandingKind::Disabled,
            StandingName::Leaving => StandingKind::Leaving,
        }),
        quiet_since: quiet.map(|quiet| SystemClock.now() - quiet),
    };
    let after = after.map(UserId::from_uuid);
    // One more tells whether there are more.
    let mut users = directory.list(&filter, after, limit + 1).await?;
    let has_more = users.len() > limit as usize;
    users.truncate(limit as usize);
    let next = users.last().filter(|_| has_more).map(|user| user.id.as_uuid());
    Ok(Json(UsersResponse { users: users.iter().map(Into::into).collect(), next }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorsSearch)]
pub(in crate::http::api) struct SearchBody {
    /// Current number.
    #[schema(value_type = Mobile)]
    mobile: String,
}

/// `POST /api/admin/v1/users/search`: the user with this number.
#[utoipa::path(
    post, path = "/api/admin/v1/users/search", operation_id = "searchUser", tag = "operators",
    summary = "Find the user with a number",
    request_body = SearchBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "The user", body = UserView),
        SearchProblems,
    ),
)]
pub(in crate::http::api) async fn search(
    asked: Asked<UsersRead, SearchBody>,
    directory: web::Data<UserDirectory>,
) -> Result<Json<UserView>, Problem> {
    let phone: PhoneNumber = asked.body.mobile.parse().map_err(|_| Code::MobileInvalid)?;
    let found = directory.find(&UserReference::Phone(phone)).await?;
    Ok(Json(UserView::from(&found.ok_or(Code::NotFound)?)))
}

/// `GET /api/admin/v1/users/{id}`
#[utoipa::path(
    get, path = "/api/admin/v1/users/{id}", operation_id = "showUser", tag = "operators",
    summary = "Show a user",
    params(("id" = Uuid, Path, description = "Id of the user")),
    security(("operator" = [])),
    responses(
        (status = 200, description = "The user", body = UserView),
        FindProblems,
    ),
)]
pub(in crate::http::api) async fn show(
    _: By<UsersRead>,
    id: web::Path<Uuid>,
    directory: web::Data<UserDirectory>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(UserView::from(&find(&directory, *id).await?)))
}

#[derive(Serialize, ToSchema)]
#[schema(as = OperatorsSessions)]
pub(in crate::http::api) struct SessionsResponse {
    /// Latest first.
    sessions: Vec<SessionView>,
}

/// `GET /api/admin/v1/users/{id}/sessions`
#[utoipa::path(
    get, path = "/api/admin/v1/users/{id}/sessions", operation_id = "listSessionsOfUser", tag = "operators",
    summary = "List sessions of a user",
    params(("id" = Uuid, Path, description = "Id of the user")),
    security(("operator" = [])),
    responses(
        (status = 200, description = "The sessions", body = SessionsResponse),
        FindProblems,
    ),
)]
pub(in crate::http::api) async fn sessions(
    _: By<UsersRead>,
    id: web::Path<Uuid>,
    directory: web::Data<UserDirectory>,
    sessions: web::Data<SessionControl>,
) -> Result<Json<SessionsResponse>, Problem> {
    let user = find(&directory, *id).await?;
    let sessions = sessions.list(&user).await?;
    Ok(Json(SessionsResponse { sessions: sessions.iter().map(Into::into).collect() }))
}

/// `POST /api/admin/v1/users/{id}/reveal`: the user with the whole number, which is an event.
#[utoipa::path(
    post, path = "/api/admin/v1/users/{id}/reveal", operation_id = "revealUser", tag = "operators",
    summary = "Show a whole number",
    params(("id" = Uuid, Path, description = "Id of the user")),
    request_body = ReasonBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "The user", body = UserView),
        FindProblems,
    ),
)]
pub(in crate::http::api) async fn reveal(
    Asked { operator, body, .. }: Asked<UsersReveal, ReasonBody>,
    id: web::Path<Uuid>,
    directory: web::Data<UserDirectory>,
) -> Result<Json<UserView>, Problem> {
    let operator = because(operator, body.reason)?;
    let user = find(&directory, *id).await?;
    directory.look(&user, &operator).await?;
    Ok(Json(UserView::whole(&user)))
}

/// `POST /api/admin/v1/users/{id}/export`: everything that is kept of the user, which is an event.
#[utoipa::path(
    post, path = "/api/admin/v1/users/{id}/export", operation_id = "exportUser", tag = "operators",
    summary = "Export what is kept of a user",
    params(("id" = Uuid, Path, description = "Id of the user")),
    request_body = ReasonBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "The data", body = ExportView),
        FindProblems,
    ),
)]
pub(in crate::http::api) async fn export(
    Asked { operator, body, .. }: Asked<UsersReveal, ReasonBody>,
    id: web::Path<Uuid>,
    export: web::Data<ExportUser>,
) -> Result<Json<ExportView>, Problem> {
    let operator = because(operator, body.reason)?;
    let data = export.export(user(*id), &operator).await?;
    Ok(Json(ExportView::from(&data)))
}

/// The user, or 404.
pub(super) async fn find(directory: &UserDirectory, id: Uuid) -> Result<User, Problem> {
    let found = directory.find(&UserReference::Id(user(id))).await?;
    Ok(found.ok_or(Code::NotFound)?)
}

/// A failure to read is logged by its caller; that of an act by the act itself.
impl From<Unavailable> for Problem {
    fn from(outage: Unavailable) -> Self {
        tracing::error!(error = &outage as &dyn std::error::Error, "operator not answered");
        Code::Unavailable.into()
    }
}
