use diesel::{pg::Pg, prelude::*};
use passport_user::{AccountEvent, EventId, EventPhone, Reason, UserId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{schema::audit_events, values::moment};
use crate::{
    failure::Failure,
    journal::stored::{
        actor, actor_parts, detail, detail_object, kind, outcome, outcome_parts, tag,
    },
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(Pg))]
pub(crate) struct EventRow {
    pub(crate) id: Uuid,
    pub(crate) at: OffsetDateTime,
    pub(crate) kind: String,
    pub(crate) outcome: i16,
    pub(crate) rule: Option<String>,
    pub(crate) actor_kind: i16,
    pub(crate) actor: Option<String>,
    pub(crate) subject: Option<Uuid>,
    pub(crate) phone: Option<String>,
    pub(crate) phone_tag: Option<Vec<u8>>,
    pub(crate) address: Option<String>,
    pub(crate) session: Option<Uuid>,
    pub(crate) request_id: Option<String>,
    pub(crate) detail: serde_json::Value,
    pub(crate) reason: Option<String>,
}

impl From<&AccountEvent> for EventRow {
    fn from(event: &AccountEvent) -> Self {
        let (outcome, rule) = outcome_parts(&event.outcome);
        let (actor_kind, actor) = actor_parts(&event.actor);
        Self {
            id: event.id.as_uuid(),
            at: moment(event.at),
            kind: event.kind.as_str().to_owned(),
            outcome,
            rule,
            actor_kind,
            actor,
            subject: event.subject.map(UserId::as_uuid),
            phone: event.phone.as_ref().map(|phone| phone.masked.clone()),
            phone_tag: event.phone.as_ref().map(|phone| phone.tag.to_vec()),
            address: event.address.clone(),
            session: event.session,
            request_id: event.request_id.clone(),
            detail: serde_json::Value::Object(detail_object(&event.detail)),
            reason: event.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        }
    }
}

impl TryFrom<EventRow> for AccountEvent {
    type Error = Failure;

    fn try_from(row: EventRow) -> Result<Self, Failure> {
        let phone = match row.phone.zip(row.phone_tag) {
            Some((masked, bytes)) => Some(EventPhone { masked, tag: tag(bytes)? }),
            None => None,
        };
        Ok(Self {
            id: EventId::from_uuid(row.id),
            at: row.at,
            kind: kind(&row.kind)?,
            outcome: outcome(row.outcome, row.rule)?,
            actor: actor(row.actor_kind, row.actor)?,
            subject: row.subject.map(UserId::from_uuid),
            phone,
            address: row.address,
            session: row.session,
            request_id: row.request_id,
            reason: row.reason.map(Reason::from_stored),
            detail: detail(row.detail)?,
        })
    }
}
