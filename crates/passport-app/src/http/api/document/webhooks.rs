//! What the service sends: the bodies of webhooks.

use passport_webhooks::EventType;
use serde_json::{Map, Value, json};

/// One operation of a receiver for each type of event.
pub(super) fn webhooks() -> Value {
    let operations = EventType::ALL.iter().map(|it| (it.as_str().to_owned(), path(*it)));
    Value::Object(operations.collect::<Map<_, _>>())
}

fn path(event_type: EventType) -> Value {
    json!({ "post": {
        "operationId": event_type.as_str().replace('.', "_"),
        "summary": summary(event_type),
        "description": "Posted to endpoints that ask for it, signed as Standard Webhooks says.",
        "parameters": [
            header("webhook-id", "Id of the event, the same for each try and each replay."),
            header("webhook-timestamp", "Time of the try, in Unix seconds."),
            header(
                "webhook-signature",
                "`v1,` and the base64 of HMAC-SHA-256 over id, timestamp and body with dots between; one \
                 for each secret, with spaces between.",
            ),
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": schema(event_type) } },
        },
        "responses": {
            "2XX": { "description": "The event was taken, and is not sent again." },
            "410": { "description": "The endpoint is gone; no further event is sent to it." },
            "default": { "description": "The event is sent again, ten times in about 28 hours." },
        },
    } })
}

fn summary(event_type: EventType) -> &'static str {
    match event_type {
        EventType::UserCreated => "A user signed up",
        EventType::UserUpdated => "Name, password or standing of a user changed",
        EventType::UserDeleted => "The data of a user was deleted",
        EventType::SessionStarted => "A user signed in",
        EventType::SessionEnded => "Sessions of a user ended",
        EventType::PhoneChanged => "The phone number of a user changed",
        EventType::GatewayFailed => "A code was not sent, or perhaps not, because of the gateways",
        EventType::LimitReached => "An operation was refused, because a limit was reached",
    }
}

fn header(name: &str, description: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "required": true,
        "description": description,
        "schema": { "type": "string" },
    })
}

fn schema(event_type: EventType) -> Value {
    let mut data = json!({
        "type": "object",
        "required": ["user", "mobile", "by", "cause"],
        "properties": {
            "user": {
                "type": ["string", "null"],
                "format": "uuid",
                "description": "User whom the event is about, if known.",
            },
            "mobile": {
                "type": ["string", "null"],
                "description": "Phone number. Its middle is masked, unless the endpoint gets whole numbers.",
                "examples": ["138****8000", "+8613800138000"],
            },
            "by": { "enum": ["anonymous", "user", "operator", "system"] },
            "cause": {
                "type": "string",
                "description": "What happened, or was refused, as the audit log names it.",
                "examples": [event_type.sources().first().and_then(|it| it.kind).map_or(
                    "code.sent",
                    passport_user::EventKind::as_str,
                )],
            },
            "session": {
                "type": "string",
                "format": "uuid",
                "description": "Session in which it was done, or that it is about.",
            },
        },
    });
    match event_type {
        EventType::SessionEnded => {
            data["properties"]["ended"] = json!({
                "enum": ["one", "others", "all"],
                "description": "Which sessions of the user ended: `session`, all but that, or all.",
            });
            require(&mut data, "ended");
        }
        EventType::SessionStarted => require(&mut data, "session"),
        EventType::GatewayFailed | EventType::LimitReached => {
            data["properties"]["rule"] =
                json!({ "type": "string", "description": "Rule that refused the operation." });
            require(&mut data, "rule");
        }
        EventType::UserCreated
        | EventType::UserUpdated
        | EventType::UserDeleted
        | EventType::PhoneChanged => {}
    }
    json!({
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": { "const": event_type.as_str() },
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "Time of the event, which is not that of the try.",
            },
            "data": data,
        },
    })
}

fn require(schema: &mut Value, member: &str) {
    if let Some(required) = schema["required"].as_array_mut() {
        required.push(member.into());
    }
}
