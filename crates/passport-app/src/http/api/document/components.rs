//! What operations refer to: problems, parameters, header fields, security schemes.

use serde_json::{Value, json};

use super::site::ApiSite;
use crate::http::api::{
    describe::problems::{schema, schema_name},
    problem::Code,
};

pub(super) fn complete(components: &mut Value, site: &ApiSite) {
    // Those that no operation has are removed again.
    for code in Code::ALL {
        components["schemas"][schema_name(*code)] = schema(*code);
    }
    components["schemas"]["FaultyMembers"] = faulty_members();
    components["parameters"] = parameters();
    components["headers"] = headers();
    components["securitySchemes"] = json!({
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": site.session_cookie,
            "description": "For browsers. Unsafe methods need a proof of the page's origin: `Origin`, \
                `Sec-Fetch-Site`, or the CSRF token in `X-CSRFToken`.",
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "For applications, with the token of a session that was opened with `transport` \
                `bearer`.",
        },
        "operator": {
            "type": "http",
            "scheme": "bearer",
            "description": "For programs of operators, with a token of `passport admin token add` that has the \
                scope of the operation.",
        },
    });
}

fn faulty_members() -> Value {
    json!({
        "type": "array",
        "description": "Members that are at fault.",
        "items": {
            "type": "object",
            "required": ["pointer", "code"],
            "properties": {
                "pointer": {
                    "type": "string",
                    "description": "JSON Pointer to the member; empty for the whole body.",
                    "examples": ["/mobile"],
                },
                "code": {
                    "type": "string",
                    "enum": [
                        "missing", "unknown", "invalid", "duplicate", "unexpected", "not-an-object",
                    ],
                },
            },
        },
    })
}

fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Key that the client chooses for the call. Repeats with the same key and body get \
                the first response for 24 hours, and nothing is done twice.",
            "schema": { "type": "string", "pattern": "^[!#-\\[\\]-~]{16,255}$" },
            "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
        },
        "CsrfToken": {
            "name": "X-CSRFToken",
            "in": "header",
            "description": "Value of the CSRF cookie. Needed with the session cookie if the request has \
                neither `Origin` nor `Sec-Fetch-Site`.",
            "schema": { "type": "string" },
        },
        "Range": {
            "name": "Range",
            "in": "header",
            "description": "Part of the sound that is wanted.",
            "schema": { "type": "string" },
            "example": "bytes=0-1023",
        },
        "AcceptLanguage": {
            "name": "Accept-Language",
            "in": "header",
            "description": "Language of the message or of the sound: `zh` or `en`.",
            "schema": { "type": "string" },
            "example": "en",
        },
    })
}

fn headers() -> Value {
    let text =
        |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let mut headers = json!({
        "RetryAfter": {
            "description": "Seconds after which the request can be repeated.",
            "schema": { "type": "integer", "minimum": 0 },
        },
        "RateLimitPolicy": text("Limit that was reached: name, quota and window in seconds."),
        "RateLimit": text("What is left of the limit, and the seconds until there is room again."),
        "IdempotencyReplayed": {
            "description": "The response is that of an earlier call with the same idempotency key.",
            "schema": { "type": "string", "const": "true" },
        },
        "SetCookie": text("Session cookie that begins or ends, for browsers."),
        "RequestId": text("Id of the request, under which the log has it."),
        "PassportUser": text("Id of the user."),
        "PassportSession": text("Id of the session."),
        "PassportMethods": text("Kinds of proof that were given, with commas between."),
        "PassportAuthenticatedAt": text("Time of the last proof (RFC 3339)."),
        "PassportNick": text("Name of the user, percent-encoded, if the settings say so."),
        "PassportMobile": text("Phone number in E.164, if the settings say so."),
        "PassportToken": text("Access token for the application that the proxy names."),
        "SignInLocation": text("The sign-in, with the address to return to."),
        "Authenticate": text("The scheme of a credential."),
    });
    for required in ["RequestId", "Authenticate"] {
        headers[required]["required"] = true.into();
    }
    headers
}
