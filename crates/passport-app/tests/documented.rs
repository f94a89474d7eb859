//! Whether each answer that the OpenAPI document describes occurred in the whole run of the tests.
//! `./check` runs this behind the other tests, which record what they see; `cargo test` alone leaves it out.

#[path = "service/support/document.rs"]
#[expect(dead_code, reason = "the tests of the service need more of it")]
mod document;

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use document::{Document, Seen};
use serde_json::Value;

/// Described answers that no test causes: method and path or `*`, code, and the reason.
const NEVER_SEEN: &[(&str, &str, &str)] = &[
    ("*", "server-error", "a fault of the service, of which none is known"),
    (
        "*",
        "conflict",
        "needs a change between two statements of a call, as in tests of `passport-auth`",
    ),
    (
        "PUT /api/v1/me/mobile",
        "too-many-changes",
        "an account gets three codes for new numbers in an hour, and keeps three former numbers",
    ),
    ("GET /api/v1/challenges/{id}/image", "busy", BUSY),
    ("GET /api/v1/challenges/{id}/audio", "busy", BUSY),
];

const BUSY: &str =
    "needs more work than the limits of a client let through, as in tests of `passport-auth`";

/// Codes that do not depend on the operation: layers in front of it answer them, or one rule for all codes
/// and passwords. Each has to occur for one operation.
const IN_FRONT: &[&str] =
    &["idempotency-key-in-progress", "idempotency-key-reused", "stopped", "wait"];

/// Codes that the API for operators answers before an act, or in the same way for every act. Each has to occur
/// for one of its operations.
const FOR_EVERY_ACT: &[&str] = &["not-found", "scope-missing", "token-invalid", "too-many"];
/// Codes of layers that both APIs share. Each has to occur for one operation of either.
const FOR_ALL_BODIES: &[&str] = &["body-timeout", "unavailable"];

#[test]
fn each_documented_answer_occurs() {
    let folder = env::var_os("PASSPORT_TEST_ARTEFACTS").expect("./check sets it");
    let folder = PathBuf::from(folder).join("openapi");
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let seen: BTreeSet<Seen> =
        texts.flat_map(|it| it.lines().map(key).collect::<Vec<_>>()).collect();
    assert!(seen.len() > 100, "{} answers are too few for a whole run", seen.len());
    let described = described(&Document::of_the_binary());

    let is_listed = |(method, path, _, code): &Seen| {
        NEVER_SEEN.iter().any(|(place, listed, _)| {
            code == listed && (*place == "*" || *place == format!("{method} {path}"))
        })
    };
    let occurs = |code: &str| seen.iter().any(|it| it.3 == code);
    let is_in_front = |it: &&Seen| IN_FRONT.contains(&it.3.as_str()) && occurs(&it.3);
    let is_for_operators = |it: &Seen| it.1.starts_with("/api/admin/");
    let occurs_there = |it: &Seen| seen.iter().any(|own| is_for_operators(own) && own.3 == it.3);
    let is_in_front_of_operators = |it: &&Seen| {
        is_for_operators(it)
            && (FOR_EVERY_ACT.contains(&it.3.as_str()) && occurs_there(it)
                || FOR_ALL_BODIES.contains(&it.3.as_str()) && occurs(&it.3))
    };
    let missing: Vec<_> = described
        .difference(&seen)
        .filter(|it| !is_listed(it) && !is_in_front(it) && !is_in_front_of_operators(it))
        .map(|(method, path, status, code)| format!("{method} {path} {status} {code}"))
        .collect();
    assert!(missing.is_empty(), "these answers did not occur:\n{}", missing.join("\n"));

    let mistaken: Vec<_> = seen.iter().filter(|it| is_listed(it)).collect();
    assert!(mistaken.is_empty(), "listed as never seen, and seen: {mistaken:?}");
    for (place, code, _) in NEVER_SEEN {
        let is_described = described
            .iter()
            .any(|it| it.3 == *code && (*place == "*" || *place == format!("{} {}", it.0, it.1)));
        assert!(is_described, "listed as never seen, and not described: {place} {code}");
    }
}

/// Every answer that the document describes.
fn described(document: &Document) -> BTreeSet<Seen> {
    let mut described = BTreeSet::new();
    for operation in document.all_operations() {
        let responses = operation.value["responses"].as_object().into_iter().flatten();
        for (status, response) in responses {
            let codes = match problems(response) {
                codes if codes.is_empty() => vec!["-".to_owned()],
                codes => codes,
            };
            let status = status.parse().expect("each status is a number");
            let (method, path) = (&operation.method, &operation.path);
            described
                .extend(codes.into_iter().map(|it| (method.clone(), path.clone(), status, it)));
        }
    }
    described
}

/// Codes of the problems of a response.
fn problems(response: &Value) -> Vec<String> {
    let schema = &response["content"]["application/problem+json"]["schema"];
    let names = schema["oneOf"].as_array().into_iter().flatten();
    let names = names.filter_map(|it| it["$ref"].as_str()?.split("Problem.").nth(1));
    names.map(str::to_owned).collect()
}

fn key(line: &str) -> Seen {
    let mut words = line.split(' ').map(str::to_owned);
    let mut next = || words.next().expect("a line has four words");
    let (method, path) = (next(), next());
    (method, path, next().parse().expect("a status is a number"), next())
}
