use std::collections::BTreeMap;

use actix_web::web;
use passport_auth::Profile;
use passport_user::{AccountEvent, Actor, EventId, EventOutcome};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::http::{
    api::problem::{Code, Problem},
    extract::{Json, SignedIn},
};

#[derive(Deserialize)]
pub(in crate::http::api) struct EventsQuery {
    /// Id of the last event of the former page.
    after: Option<Uuid>,
}

#[derive(Serialize)]
pub(in crate::http::api) struct EventsResponse {
    events: Vec<EventView>,
    /// Value of `after` for the next page; absent on the last one.
    next: Option<Uuid>,
}

/// `GET /api/v1/me/events`: the own history, newest first.
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
#[derive(Serialize)]
pub(in crate::http::api) struct EventView {
    id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    kind: &'static str,
    /// `done` or `refused`.
    outcome: &'static str,
    /// Rule of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// `you`, `operator`, `service` or `unknown`.
    actor: &'static str,
    /// Number with its middle masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<Uuid>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
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
