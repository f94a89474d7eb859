//! Links from a response to the operations that use it.

use serde_json::{Map, Value, json};

use super::each::each_operation;

/// A code for the own number is requested without a number, so links cannot take it from the request.
const PROOF: &str =
    r#"{"mobile":"13800138000","code_id":"$response.body#/code_id","code":"012345"}"#;

/// The answer is the one of the example; the true one is in the picture.
const CODE_REQUEST: &str = r#"{"purpose":"sign-up","mobile":"13800138000",
    "challenge":{"id":"$response.body#/id","answer":"abcd2"}}"#;

/// Operation, status, name of the link, operation that it leads to, and what is sent there, as JSON.
pub(super) const LINKS: [(&str, &str, &str, &str, Sent); 11] = [
    ("issueChallenge", "201", "show", "showChallenge", Sent::Parameters(ID)),
    ("issueChallenge", "201", "speak", "speakChallenge", Sent::Parameters(ID)),
    ("issueChallenge", "201", "send", "sendCode", Sent::Body(CODE_REQUEST)),
    ("sendCode", "202", "signUp", "signUp", Sent::Proof(r#"{"transport":"bearer"}"#)),
    ("sendCode", "202", "signIn", "signIn", Sent::Proof(r#"{"transport":"bearer"}"#)),
    ("sendCode", "202", "reset", "resetPassword", Sent::Proof(PASSWORD)),
    ("sendCode", "202", "undo", "undoNumberChange", Sent::Proof("{}")),
    ("sendCode", "202", "change", "changeNumber", Sent::Proof("{}")),
    (
        "signIn",
        "409",
        "restore",
        "continueSignIn",
        Sent::Body(r#"{"continuation":"$response.body#/continuation","restore":true}"#),
    ),
    (
        "listSessions",
        "200",
        "end",
        "endSession",
        Sent::Parameters(r#"{"id":"$response.body#/sessions/0/id"}"#),
    ),
    (
        "listEvents",
        "200",
        "next",
        "listEvents",
        Sent::Parameters(r#"{"after":"$response.body#/next"}"#),
    ),
];

const ID: &str = r#"{"id":"$response.body#/id"}"#;
const PASSWORD: &str = r#"{"password":"correct horse battery"}"#;

/// What a link sends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sent {
    Parameters(&'static str),
    Body(&'static str),
    /// A body that proves a number, and these members.
    Proof(&'static str),
}

fn link(operation: &str, sent: Sent) -> Value {
    let (member, values) = match sent {
        Sent::Parameters(values) => ("parameters", object(values)),
        Sent::Body(values) => ("requestBody", object(values)),
        Sent::Proof(more) => {
            let mut values = object(PROOF);
            values.extend(object(more));
            ("requestBody", values)
        }
    };
    json!({ "operationId": operation, member: values })
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).expect("what links send is JSON")
}

pub(super) fn add(document: &mut Value) {
    for (_, _, operation) in each_operation(&mut document["paths"]) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        for (_, status, name, to, sent) in LINKS.iter().filter(|(from, ..)| *from == id) {
            operation["responses"][status]["links"][name] = link(to, *sent);
        }
    }
}
