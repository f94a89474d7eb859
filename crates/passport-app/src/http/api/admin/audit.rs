use actix_web::web;
use passport_auth::{Audit, AuditError, AuditQuery};
use passport_user::{EventId, EventKind, PhoneNumber, UserId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    access::{Asked, AuditPurge, AuditRead},
    reason::because,
};
use crate::{
    http::{
        api::{
            describe::{problems::problems, values::Mobile},
            problem::{Code, Problem},
        },
        extract::{Json, invalid},
    },
    operations::{EventView, MOST_EVENTS},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorsQuestion)]
pub(in crate::http::api) struct EventsBody {
    /// Events about this user.
    user: Option<Uuid>,
    /// Events about this number, whether or not it has an account.
    #[schema(value_type = Option<Mobile>)]
    mobile: Option<String>,
    /// Events of this kind.
    kind: Option<String>,
    /// Events at or after this time.
    #[serde(default, with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
    /// Events before this time.
    #[serde(default, with = "time::serde::rfc3339::option")]
    until: Option<OffsetDateTime>,
    /// Id of the last event of the former page.
    before: Option<Uuid>,
    /// Events of the page, 100 by default, at most 1,000.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OperatorsEvents)]
pub(in crate::http::api) struct EventsResponse {
    /// Newest first.
    events: Vec<EventView>,
    /// Value of `before` for the next page; `null` on the last one.
    #[schema(required = true)]
    next: Option<Uuid>,
}

problems! { SearchProblems: MobileInvalid }
problems! { PurgeProblems: BodyInvalid }

/// `POST /api/admin/v1/audit/search`: events, newest first.
#[utoipa::path(
    post, path = "/api/admin/v1/audit/search", operation_id = "searchEvents", tag = "operators",
    summary = "Search the audit log",
    request_body = EventsBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "A page of events", body = EventsResponse),
        SearchProblems,
    ),
)]
pub(in crate::http::api) async fn search(
    asked: Asked<AuditRead, EventsBody>,
    audit: web::Data<Audit>,
) -> Result<Json<EventsResponse>, Problem> {
    let EventsBody { user, mobile, kind, since, until, before, limit } = asked.body;
    let phone = mobile.map(|text| text.parse::<PhoneNumber>()).transpose();
    let kind = kind.map(|name| EventKind::from_name(&name).ok_or_else(|| invalid("kind")));
    let query = AuditQuery {
        user: user.map(UserId::from_uuid),
        phone: phone.map_err(|_| Code::MobileInvalid)?,
        kind: kind.transpose()?,
        since,
        until,
    };
    let limit = limit.unwrap_or(100);
    if !(1..=MOST_EVENTS).contains(&limit) {
        return Err(invalid("limit").into());
    }
    let events = audit.read(&query, before.map(EventId::from_uuid), limit).await?;
    let is_full = events.len() == limit as usize;
    let next = events.last().filter(|_| is_full).map(|event| event.id.as_uuid());
    Ok(Json(EventsResponse { events: events.iter().map(Into::into).collect(), next }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorsPurge)]
pub(in crate::http::api) struct PurgeBody {
    /// Time before which events are deleted; at least 30 days ago.
    #[serde(with = "time::serde::rfc3339")]
    before: OffsetDateTime,
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OperatorsPurged)]
pub(in crate::http::api) struct PurgeResponse {
    /// Number of events that were deleted.
    deleted: u64,
}

/// `POST /api/admin/v1/audit/purge`: deletes old events.
#[utoipa::path(
    post, path = "/api/admin/v1/audit/purge", operation_id = "purgeEvents", tag = "operators",
    summary = "Delete old events",
    request_body = PurgeBody,
    security(("operator" = [])),
    responses(
        (status = 200, description = "How many were deleted", body = PurgeResponse),
        PurgeProblems,
    ),
)]
pub(in crate::http::api) async fn purge(
    Asked { operator, body, .. }: Asked<AuditPurge, PurgeBody>,
    audit: web::Data<Audit>,
) -> Result<Json<PurgeResponse>, Problem> {
    let operator = because(operator, body.reason)?;
    let deleted = audit.purge(body.before, &operator).await.map_err(|error| match error {
        AuditError::Denied(denied) => Problem::from(denied),
        AuditError::TooYoung { .. } => invalid("before").into(),
    })?;
    Ok(Json(PurgeResponse { deleted }))
}
