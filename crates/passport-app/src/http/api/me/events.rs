use std::collections::BTreeMap;

use actix_web::web;
use passport_auth::Profile;
use passport_user::{AccountEvent, Actor, EventId, EventOutcome};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    api::{
        describe::{
            problems::problems,
            values::{ActorName, MaskedMobile, OutcomeName},
        },
        problem::{Code, Problem},
    },
    extract::{Json, SignedIn},
};

#[derive(Deserialize)]
pub(in crate::http::api) struct EventsQuery {
    /// Id of the last event of the former page.
    after: Option<Uuid>,
}

/// A page of the history, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
pub(in crate::http::api) struct EventsResponse {
    events: Vec<EventView>,
    /// Value of `after` for the next page; `null` on the last one.
    #[schema(required = true)]
    next: Option<Uuid>,
}

problems! { HistoryProblems: NotFound, TooMany }

/// `GET /api/v1/me/events`: the own history, newest first.
#[utoipa::path(
    get, path = "/api/v1/me/events", operation_id = "listEvents", tag = "me",
    summary = "List the own history",
    params(("after" = Option<Uuid>, Query, description = "Member `next` of the former page")),
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of events", body = EventsResponse),
        HistoryProblems,
    ),
)]
pub(in crate::http::api) async fn list(
    SignedIn { person, .. }: SignedIn,
    query: Result<web::Query<EventsQuery>, actix_web::Error>,
    profile: web::Data<Profile>,
) -> Result<Json<EventsResponse>, Problem> {
    let after = query.map_err(|_| Code::NotFound)?.after.map(EventId::from_uuid);
    let events = profile.history(&person, after).await?;
    let is_full = events.len() == Profile::PAGE as usize;
    let next = events.last().filter(|_| is_full).map(|event| event.id.as_uuid());
    Ok(Json(EventsResponse { events: events.iter().map(EventView::from).collect(), next }))
}

/// An event, as the person whom it is about sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
pub(in crate::http::api) struct EventView {
    id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// Name of the kind. Later versions may have more of them.
    #[schema(example = "signed_in")]
    kind: &'static str,
    #[schema(value_type = OutcomeName)]
    outcome: &'static str,
    /// Rule of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    rule: Option<String>,
    #[schema(value_type = ActorName)]
    actor: &'static str,
    /// Number with its middle masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = MaskedMobile, required = false)]
    mobile: Option<String>,
    /// Address of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    address: Option<String>,
    /// Id of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    session: Option<Uuid>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    detail: BTreeMap<String, String>,
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
            actor: match event.actor {
                Actor::User(_) => "you",
                Actor::Operator(_) => "operator",
                Actor::System => "service",
                Actor::Anonymous => "unknown",
            },
            mobile: event.phone.as_ref().map(|phone| phone.masked.clone()),
            address: event.address.clone(),
            session: event.session,
            detail: event.detail.clone(),
        }
    }
}
