use std::time::Duration;

use actix_web::web;
use passport_auth::{
    Clock, ExportUser, SessionControl, SystemClock, Unavailable, UserDirectory, UserReference,
};
use passport_user::{PhoneNumber, StandingKind, User, UserFilter, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    access::{Asked, By, UsersRead, UsersReveal},
    reason::{ReasonBody, because, user},
};
use crate::{
    http::{
        api::problem::{Code, Problem},
        extract::Json,
    },
    operations::{ExportView, MOST_USERS, SessionView, UserView},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsersQuery {
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

#[derive(Serialize)]
pub(super) struct UsersResponse {
    users: Vec<UserView>,
    /// Value of `after` for the next page; `null` on the last one.
    next: Option<Uuid>,
}

/// `GET /api/admin/v1/users`: users in the order of their ids, numbers masked.
pub(super) async fn list(
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchBody {
    /// Current number.
    mobile: String,
}

/// `POST /api/admin/v1/users/search`: the user with this number.
pub(super) async fn search(
    asked: Asked<UsersRead, SearchBody>,
    directory: web::Data<UserDirectory>,
) -> Result<Json<UserView>, Problem> {
    let phone: PhoneNumber = asked.body.mobile.parse().map_err(|_| Code::MobileInvalid)?;
    let found = directory.find(&UserReference::Phone(phone)).await?;
    Ok(Json(UserView::from(&found.ok_or(Code::NotFound)?)))
}

/// `GET /api/admin/v1/users/{id}`
pub(super) async fn show(
    _: By<UsersRead>,
    id: web::Path<Uuid>,
    directory: web::Data<UserDirectory>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(UserView::from(&find(&directory, *id).await?)))
}

#[derive(Serialize)]
pub(super) struct SessionsResponse {
    /// Latest first.
    sessions: Vec<SessionView>,
}

/// `GET /api/admin/v1/users/{id}/sessions`
pub(super) async fn sessions(
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
pub(super) async fn reveal(
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
pub(super) async fn export(
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
