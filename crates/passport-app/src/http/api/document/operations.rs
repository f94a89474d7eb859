//! What all operations of a kind have: parameters, header fields, and the problems of the layers in front
//! of the handlers.

use serde_json::{Map, Value, json};

use crate::http::api::{
    describe::problems::{LISTED, schema_name},
    problem::Code,
};

const OF_EACH: [Code; 3] = [Code::TwoCredentials, Code::Unavailable, Code::ServerError];
/// Problems of operations that change something.
const OF_UNSAFE: [Code; 7] = [
    Code::IdempotencyKeyInvalid,
    Code::CrossSite,
    Code::BodyTimeout,
    Code::IdempotencyKeyInProgress,
    Code::BodyTooLarge,
    Code::IdempotencyKeyReused,
    Code::TooMany,
];
/// Problems of operations with a body.
const OF_BODIES: [Code; 2] = [Code::BodyInvalid, Code::MediaTypeUnsupported];
/// Operations whose text or sound has a language.
pub(super) const WITH_LANGUAGE: [&str; 2] = ["sendCode", "speakChallenge"];
/// Operation that proxies ask.
const FOR_PROXIES: &str = "forwardAuth";
/// Operation whose response can be loaded in parts.
pub(super) const WITH_RANGE: &str = "speakChallenge";
/// Operations that begin, renew or end the session of a browser.
pub(super) const WITH_COOKIE: [&str; 11] = [
    "signUp",
    "signIn",
    "continueSignIn",
    "confirmSession",
    "signOut",
    "endSession",
    "deleteAccount",
    "changeNumber",
    "setPassword",
    "removePassword",
    "endOtherSessions",
];

pub(super) fn complete(operation: &mut Value, method: &str) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let is_unsafe = method != "get";
    let mut codes: Vec<Code> = listed(operation);
    codes.extend(OF_EACH);
    if is_unsafe {
        codes.extend(OF_UNSAFE);
        operation["parameters"] = with_parameters(operation, &["IdempotencyKey", "CsrfToken"]);
    }
    if operation.get("requestBody").is_some() {
        codes.extend(OF_BODIES);
        operation["requestBody"]["required"] = true.into();
    }
    if needs_session(operation) {
        codes.push(Code::NotSignedIn);
    }
    if WITH_LANGUAGE.contains(&&*id) {
        operation["parameters"] = with_parameters(operation, &["AcceptLanguage"]);
    }
    if id == WITH_RANGE {
        operation["parameters"] = with_parameters(operation, &["Range"]);
    }
    let responses = operation["responses"].as_object_mut().expect("each operation has responses");
    for (status, response) in &mut *responses {
        let replayed = is_unsafe.then_some(("Idempotency-Replayed", "IdempotencyReplayed"));
        let cookie = WITH_COOKIE.contains(&&*id).then_some(("Set-Cookie", "SetCookie"));
        let fields = [Some(("X-Request-Id", "RequestId")), replayed, cookie];
        let own = if id == FOR_PROXIES { of_proxies(status) } else { &[] };
        response["headers"] = headers(fields.into_iter().flatten().chain(own.iter().copied()));
        show_bytes(response);
    }
    with_problems(responses, &codes);
}

/// Adds the responses of `codes`.
pub(super) fn with_problems(responses: &mut Map<String, Value>, codes: &[Code]) {
    for code in Code::ALL.iter().filter(|code| codes.contains(code)) {
        let status = code.row().status;
        responses.entry(status.as_str()).or_insert_with(|| problem_response(status.as_u16()));
        add_problem(&mut responses[status.as_str()], *code);
    }
}

/// Generated clients read a response without a schema as JSON.
fn show_bytes(response: &mut Value) {
    // An index would add the member to a response without a body.
    let contents = response.get_mut("content").and_then(Value::as_object_mut);
    let contents = contents.into_iter().flatten();
    for (_, content) in contents.filter(|(_, content)| content.get("schema").is_none()) {
        content["schema"] = json!({ "type": "string", "format": "binary" });
    }
}

/// Header fields of a response to a proxy.
fn of_proxies(status: &str) -> &'static [(&'static str, &'static str)] {
    match status {
        "200" => &[
            ("X-Passport-User", "PassportUser"),
            ("X-Passport-Session", "PassportSession"),
            ("X-Passport-Methods", "PassportMethods"),
            ("X-Passport-Authenticated-At", "PassportAuthenticatedAt"),
            ("X-Passport-Nick", "PassportNick"),
            ("X-Passport-Mobile", "PassportMobile"),
            ("X-Passport-Token", "PassportToken"),
        ],
        "302" => &[("Location", "SignInLocation")],
        _ => &[],
    }
}

/// Takes the problems that the handler lists out of the responses.
pub(super) fn listed(operation: &mut Value) -> Vec<Code> {
    let Some(responses) = operation["responses"].as_object_mut() else { return Vec::new() };
    let slugs: Vec<Value> = responses
        .values()
        .filter_map(|response| response[LISTED].as_array())
        .flatten()
        .cloned()
        .collect();
    responses.retain(|_, response| response.get(LISTED).is_none());
    let code = |slug: &Value| Code::named(slug.as_str()?);
    slugs.iter().map(|slug| code(slug).expect("slugs come from the table")).collect()
}

fn needs_session(operation: &Value) -> bool {
    let Some(security) = operation["security"].as_array() else { return false };
    security.iter().all(|it| it.as_object().is_some_and(|schemes| !schemes.is_empty()))
}

fn with_parameters(operation: &Value, names: &[&str]) -> Value {
    let own = operation["parameters"].as_array().cloned().unwrap_or_default();
    let shared =
        names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    own.into_iter().chain(shared).collect()
}

pub(super) fn headers<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let reference = |name| json!({ "$ref": format!("#/components/headers/{name}") });
    let fields = fields.into_iter().map(|(field, name)| (field.to_owned(), reference(name)));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// A response without problems yet.
fn problem_response(status: u16) -> Value {
    let own = match status {
        401 => [Some(("WWW-Authenticate", "Authenticate")), None, None],
        409 | 503 => [Some(("Retry-After", "RetryAfter")), None, None],
        429 => [
            Some(("Retry-After", "RetryAfter")),
            Some(("RateLimit", "RateLimit")),
            Some(("RateLimit-Policy", "RateLimitPolicy")),
        ],
        _ => [None; 3],
    };
    let fields = own.into_iter().flatten().chain([("X-Request-Id", "RequestId")]);
    let content = json!({ "application/problem+json": { "schema": { "oneOf": [] } } });
    json!({ "description": "", "headers": headers(fields), "content": content })
}

fn add_problem(response: &mut Value, code: Code) {
    let description = response["description"].as_str().unwrap_or_default();
    let separator = if description.is_empty() { "" } else { "; " };
    response["description"] =
        format!("{description}{separator}`{}`: {}", code.row().slug, code.row().title).into();
    let schema = &mut response["content"]["application/problem+json"]["schema"]["oneOf"];
    let reference = json!({ "$ref": format!("#/components/schemas/{}", schema_name(code)) });
    schema.as_array_mut().expect("it was made above").push(reference);
}
