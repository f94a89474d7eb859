//! Fields of an event as both databases store them.

use std::collections::BTreeMap;

use passport_user::{Actor, EventKind, EventOutcome, UserId};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::failure::Failure;

pub(crate) fn outcome_parts(outcome: &EventOutcome) -> (i16, Option<String>) {
    match outcome {
        EventOutcome::Done => (0, None),
        EventOutcome::Refused(rule) => (1, Some(rule.clone())),
    }
}

pub(crate) fn outcome(number: i16, rule: Option<String>) -> Result<EventOutcome, Failure> {
    match (number, rule) {
        (0, None) => Ok(EventOutcome::Done),
        (1, Some(rule)) => Ok(EventOutcome::Refused(rule)),
        _ => Err(damaged("outcome")),
    }
}

pub(crate) fn actor_parts(actor: &Actor) -> (i16, Option<String>) {
    match actor {
        Actor::Anonymous => (0, None),
        Actor::User(id) => (1, Some(id.to_string())),
        Actor::Operator(name) => (2, Some(name.clone())),
        Actor::System => (3, None),
    }
}

pub(crate) fn actor(number: i16, name: Option<String>) -> Result<Actor, Failure> {
    match (number, name) {
        (0, None) => Ok(Actor::Anonymous),
        (1, Some(id)) => {
            let id = Uuid::parse_str(&id).map_err(|error| Failure::Row(error.into()))?;
            Ok(Actor::User(UserId::from_uuid(id)))
        }
        (2, Some(name)) => Ok(Actor::Operator(name)),
        (3, None) => Ok(Actor::System),
        _ => Err(damaged("actor")),
    }
}

pub(crate) fn kind(name: &str) -> Result<EventKind, Failure> {
    EventKind::from_name(name).ok_or_else(|| damaged("kind"))
}

pub(crate) fn tag(bytes: Vec<u8>) -> Result<[u8; 16], Failure> {
    bytes.try_into().map_err(|_| damaged("phone_tag"))
}

pub(crate) fn detail_object(detail: &BTreeMap<String, String>) -> Map<String, Value> {
    detail.iter().map(|(name, fact)| (name.clone(), Value::from(fact.as_str()))).collect()
}

pub(crate) fn detail(value: Value) -> Result<BTreeMap<String, String>, Failure> {
    serde_json::from_value(value).map_err(|error| Failure::Row(error.into()))
}

fn damaged(column: &str) -> Failure {
    Failure::Row(format!("{column} of an event is not valid").into())
}
