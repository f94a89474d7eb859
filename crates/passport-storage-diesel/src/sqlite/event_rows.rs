use diesel::{prelude::*, sqlite::Sqlite};
use passport_user::{AccountEvent, EventId, EventPhone, Reason, UserId};

use super::{
    schema::audit_events,
    values::{id, moment, stored_id, stored_moment},
};
use crate::{
    failure::Failure,
    journal::stored::{
        actor, actor_parts, detail, detail_object, kind, outcome, outcome_parts, tag,
    },
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(Sqlite))]
pub(crate) struct EventRow {
    pub(crate) id: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) outcome: i16,
    pub(crate) rule: Option<String>,
    pub(crate) actor_kind: i16,
    pub(crate) actor: Option<String>,
    pub(crate) subject: Option<Vec<u8>>,
    pub(crate) phone: Option<String>,
    pub(crate) phone_tag: Option<Vec<u8>>,
    pub(crate) address: Option<String>,
    pub(crate) session: Option<Vec<u8>>,
    pub(crate) request_id: Option<String>,
    pub(crate) detail: String,
    pub(crate) reason: Option<String>,
}

impl From<&AccountEvent> for EventRow {
    fn from(event: &AccountEvent) -> Self {
        let (outcome, rule) = outcome_parts(&event.outcome);
        let (actor_kind, actor) = actor_parts(&event.actor);
        Self {
            id: id(event.id.as_uuid()),
            at: moment(event.at),
            kind: event.kind.as_str().to_owned(),
            outcome,
            rule,
            actor_kind,
            actor,
            subject: event.subject.map(|user| id(user.as_uuid())),
            phone: event.phone.as_ref().map(|phone| phone.masked.clone()),
            phone_tag: event.phone.as_ref().map(|phone| phone.tag.to_vec()),
            address: event.address.clone(),
            session: event.session.map(id),
            request_id: event.request_id.clone(),
            detail: serde_json::Value::Object(detail_object(&event.detail)).to_string(),
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
        let subject = row.subject.map(|id| stored_id(&id)).transpose()?;
        let json = serde_json::from_str(&row.detail).map_err(|error| Failure::Row(error.into()))?;
        Ok(Self {
            id: EventId::from_uuid(stored_id(&row.id)?),
            at: stored_moment(row.at)?,
            kind: kind(&row.kind)?,
            outcome: outcome(row.outcome, row.rule)?,
            actor: actor(row.actor_kind, row.actor)?,
            subject: subject.map(UserId::from_uuid),
            phone,
            address: row.address,
            session: row.session.map(|id| stored_id(&id)).transpose()?,
            request_id: row.request_id,
            reason: row.reason.map(Reason::from_stored),
            detail: detail(json)?,
        })
    }
}
