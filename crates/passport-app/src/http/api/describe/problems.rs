//! The problems of an operation, taken from the table of problems.

use std::collections::BTreeMap;

use passport_user::Scope;
use serde_json::{Value, json};
use utoipa::openapi::{
    RefOr, Response,
    extensions::{Extensions, ExtensionsBuilder},
    response::ResponseBuilder,
};

use crate::http::api::problem::{Code, PAGES};

/// Member of a response that lists its problems, until [`schema_name`] replaces it.
pub(in crate::http) const LISTED: &str = "x-problems";

/// Declares a type whose responses are the problems of one operation, beside those that every operation
/// of its kind has.
macro_rules! problems {
    ($name:ident: $($code:ident),+ $(,)?) => {
        /// Problems of one operation.
        enum $name {}

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                use $crate::http::api::{describe::problems::responses, problem::Code};
                responses(&[$(Code::$code),+])
            }
        }
    };
}
pub(in crate::http) use problems;

/// The responses of `codes`, one for each status.
pub(in crate::http) fn responses(codes: &[Code]) -> BTreeMap<String, RefOr<Response>> {
    let mut listed = BTreeMap::<String, Vec<&str>>::new();
    for code in codes {
        let row = code.row();
        listed.entry(row.status.as_str().to_owned()).or_default().push(row.slug);
    }
    let response = |slugs: Vec<&str>| {
        let extensions: Extensions = ExtensionsBuilder::new().add(LISTED, slugs).build();
        RefOr::T(ResponseBuilder::new().extensions(Some(extensions)).build())
    };
    listed.into_iter().map(|(status, slugs)| (status, response(slugs))).collect()
}

/// Name of the schema of a problem among the components.
pub(in crate::http) fn schema_name(code: Code) -> String {
    format!("Problem.{}", code.row().slug)
}

/// Title of the schema of a problem, after which generated clients call their types: `CodeWrongProblem`.
fn schema_title(slug: &str) -> String {
    let words = slug.split('-').flat_map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
    });
    words.chain("Problem".chars()).collect()
}

/// The schema of a problem: its fixed members, and those that it adds.
pub(in crate::http) fn schema(code: Code) -> Value {
    let row = code.row();
    let mut properties = json!({
        "type": { "type": "string", "const": format!("{PAGES}{}", row.slug) },
        "title": { "type": "string", "const": row.title },
        "status": { "type": "integer", "const": row.status.as_u16() },
        "code": { "type": "string", "const": row.slug },
        "errno": { "type": "string", "const": row.errno.as_str() },
    });
    let mut required = vec!["type", "title", "status", "code", "errno"];
    for (name, is_required, schema) in extensions(code) {
        if is_required {
            required.push(name);
        }
        properties[name] = schema;
    }
    json!({
        "type": "object",
        "title": schema_title(row.slug),
        "description": row.when,
        "required": required,
        "properties": properties,
    })
}

/// Extension members of a problem: name, whether it is always there, and schema.
fn extensions(code: Code) -> Vec<(&'static str, bool, Value)> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let text = |values: &[&str]| json!({ "type": "string", "enum": values });
    let number = |minimum: u8| json!({ "type": "integer", "minimum": minimum });
    let methods = || {
        let name = text(&["password", "code", "totp", "recovery_code", "passkey", "operator"]);
        json!({ "type": "array", "items": name, "description": "Proofs that are accepted." })
    };
    match code {
        Code::BodyInvalid => vec![("errors", false, reference("FaultyMembers"))],
        Code::ConfirmationRequired | Code::ProofTooWeak => vec![("accepted", true, methods())],
        Code::ScopeMissing => {
            let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
            vec![("scope", true, text(&scopes))]
        }
        Code::NoAccount => vec![("next", true, text(&["sign-up"]))],
        Code::NumberTaken => vec![("next", true, text(&["sign-in", "undo-number"]))],
        Code::AccountLeaving => vec![
            ("purge_at", true, json!({ "type": "string", "format": "date-time" })),
            ("continuation", true, reference("ContinuationText")),
        ],
        Code::ConsentRequired => vec![("terms", true, reference("TermsVersionText"))],
        Code::SmsCodeWrong => vec![("tries_left", true, number(0))],
        Code::PasswordRefused => vec![
            (
                "reason",
                true,
                text(&["too-short", "too-long", "common", "phone-number", "required"]),
            ),
            ("min_length", false, number(1)),
            ("max_length", false, number(1)),
        ],
        Code::NickNameRefused => vec![(
            "reason",
            true,
            text(&["empty", "too-long", "invisible-characters", "phone-number"]),
        )],
        Code::DeliveryUnknown => vec![
            ("code_id", true, reference("CodeId")),
            ("expires_in", true, number(0)),
            ("resend_after", true, number(0)),
            ("length", true, number(4)),
        ],
        _ => Vec::new(),
    }
}
