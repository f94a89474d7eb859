use passport_user::{AccountEvent, Actor, EventKind, EventOutcome, UserId};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::EventType;

/// Body of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Body {
    /// Type of the event.
    #[serde(rename = "type")]
    pub event_type: &'static str,
    /// Time of the event (RFC 3339, UTC), which is not that of the delivery.
    pub timestamp: String,
    /// Facts.
    pub data: EventData,
}

/// Facts of an event. Members without a value are left out, except `user` and `mobile`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventData {
    /// User whom the event is about, if known.
    pub user: Option<Uuid>,
    /// Phone number, its middle masked unless the endpoint gets whole numbers.
    pub mobile: Option<String>,
    /// Who caused it: `anonymous`, `user`, `operator` or `system`.
    pub by: &'static str,
    /// What happened, or was refused, as the audit log names it.
    pub cause: &'static str,
    /// Session in which it was done, or that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// Which sessions ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<SessionScope>,
    /// Rule that refused the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Which sessions of a user ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionScope {
    /// The session of the event.
    One,
    /// All but the session of the event.
    Others,
    /// All of them.
    All,
}

impl Body {
    /// The body for `event`. `mobile` is the whole number of the user, for endpoints that get it.
    pub fn new(event_type: EventType, event: &AccountEvent, mobile: Option<String>) -> Self {
        let masked = event.phone.as_ref().map(|phone| phone.masked.clone());
        let rule = match &event.outcome {
            EventOutcome::Done => None,
            EventOutcome::Refused(rule) => Some(rule.clone()),
        };
        Self {
            event_type: event_type.as_str(),
            timestamp: timestamp(event.at),
            data: EventData {
                user: event.subject.map(UserId::as_uuid),
                mobile: mobile.or(masked),
                by: by(&event.actor),
                cause: event.kind.as_str(),
                session: event.session,
                ended: (event_type == EventType::SessionEnded).then(|| scope(event)),
                rule,
            },
        }
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// Never: texts, ids and enums are JSON.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, ids and enums are JSON")
    }
}

fn timestamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).expect("the time of an event has a year of four digits")
}

fn by(actor: &Actor) -> &'static str {
    match actor {
        Actor::Anonymous => "anonymous",
        Actor::User(_) => "user",
        Actor::Operator(_) => "operator",
        Actor::System => "system",
    }
}

fn scope(event: &AccountEvent) -> SessionScope {
    match (event.kind, event.session, &event.actor) {
        (EventKind::SessionEnded, Some(_), _) => SessionScope::One,
        (
            EventKind::SessionsEnded | EventKind::PasswordChanged | EventKind::NumberChanged,
            Some(_),
            Actor::User(_),
        ) => SessionScope::Others,
        _ => SessionScope::All,
    }
}

#[cfg(test)]
mod tests {
    use passport_user::EventPhone;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    const SESSION: Uuid = Uuid::from_u128(7);

    fn event(kind: EventKind, actor: Actor, session: Option<Uuid>) -> AccountEvent {
        AccountEvent {
            actor,
            session,
            subject: Some(UserId::from_uuid(Uuid::from_u128(1))),
            phone: Some(EventPhone { masked: "138****8000".to_owned(), tag: [9; 16] }),
            address: Some("192.0.2.7".to_owned()),
            request_id: Some("r".to_owned()),
            ..AccountEvent::new(kind, datetime!(2026-11-29 12:00:00.5 UTC))
        }
    }

    fn json(event_type: EventType, event: &AccountEvent, mobile: Option<String>) -> Value {
        serde_json::from_slice(&Body::new(event_type, event, mobile).to_json()).unwrap()
    }

    #[test]
    fn a_body_says_what_happened_and_no_address() {
        let event = event(EventKind::UserCreated, Actor::Anonymous, None);
        let expected = json!({
            "type": "user.created",
            "timestamp": "2026-11-29T12:00:00.5Z",
            "data": {
                "user": Uuid::from_u128(1),
                "mobile": "138****8000",
                "by": "anonymous",
                "cause": "user.created",
            },
        });
        assert_eq!(json(EventType::UserCreated, &event, None), expected);
        let whole = json(EventType::UserCreated, &event, Some("+8613800138000".to_owned()));
        assert_eq!(whole["data"]["mobile"], "+8613800138000");
    }

    #[test]
    fn ended_sessions_are_one_the_others_or_all() {
        let user = || Actor::User(UserId::from_uuid(Uuid::from_u128(1)));
        let operator = || Actor::operator("root");
        for (kind, actor, session, ended) in [
            (EventKind::SessionEnded, user(), Some(SESSION), "one"),
            (EventKind::SessionEnded, operator(), Some(SESSION), "one"),
            (EventKind::SessionsEnded, user(), Some(SESSION), "others"),
            (EventKind::SessionsEnded, operator(), None, "all"),
            (EventKind::PasswordChanged, user(), Some(SESSION), "others"),
            (EventKind::PasswordReset, user(), None, "all"),
            (EventKind::NumberChanged, user(), Some(SESSION), "others"),
            (EventKind::NumberUndone, user(), None, "all"),
            (EventKind::UserLeaving, user(), Some(SESSION), "all"),
            (EventKind::UserDisabled, operator(), None, "all"),
        ] {
            let body = json(EventType::SessionEnded, &event(kind, actor, session), None);
            assert_eq!(body["data"]["ended"], ended, "{kind}");
        }
    }
}
