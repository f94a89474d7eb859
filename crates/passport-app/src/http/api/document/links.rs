//! Links from a response to the operations that use it.

use serde_json::{Value, json};

use super::each::each_operation;

/// A code for the own number is requested without a number, so links cannot take it from the request.
const EXAMPLE_NUMBER: &str = "13800138000";

/// Operation, status, name of the link, and the link.
pub(super) fn links() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let id = json!({ "id": "$response.body#/id" });
    let redeem = |mut more: Value| {
        more["mobile"] = EXAMPLE_NUMBER.into();
        more["code_id"] = "$response.body#/code_id".into();
        more["code"] = "012345".into();
        more
    };
    let password = json!({ "password": "correct horse battery" });
    let bearer = json!({ "transport": "bearer" });
    vec![
        ("issueChallenge", "201", "show", to("showChallenge", "parameters", id.clone())),
        ("issueChallenge", "201", "speak", to("speakChallenge", "parameters", id)),
        ("issueChallenge", "201", "send", to("sendCode", "requestBody", code_request())),
        ("sendCode", "202", "signUp", to("signUp", "requestBody", redeem(bearer.clone()))),
        ("sendCode", "202", "signIn", to("signIn", "requestBody", redeem(bearer))),
        ("sendCode", "202", "reset", to("resetPassword", "requestBody", redeem(password))),
        ("sendCode", "202", "undo", to("undoNumberChange", "requestBody", redeem(json!({})))),
        ("sendCode", "202", "change", to("changeNumber", "requestBody", redeem(json!({})))),
        (
            "signIn",
            "409",
            "restore",
            to(
                "continueSignIn",
                "requestBody",
                json!({ "continuation": "$response.body#/continuation", "restore": true }),
            ),
        ),
        (
            "listSessions",
            "200",
            "end",
            to("endSession", "parameters", json!({ "id": "$response.body#/sessions/0/id" })),
        ),
        (
            "listEvents",
            "200",
            "next",
            to("listEvents", "parameters", json!({ "after": "$response.body#/next" })),
        ),
    ]
}

fn to(operation: &str, member: &str, values: Value) -> Value {
    let mut link = json!({ "operationId": operation });
    link[member] = values;
    link
}

/// The answer is the one of the example; the true one is in the picture.
fn code_request() -> Value {
    json!({
        "purpose": "sign-up",
        "mobile": EXAMPLE_NUMBER,
        "challenge": { "id": "$response.body#/id", "answer": "abcd2" },
    })
}

pub(super) fn add(document: &mut Value) {
    let links = links();
    for (_, _, operation) in each_operation(&mut document["paths"]) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        for (_, status, name, link) in links.iter().filter(|(from, ..)| *from == id) {
            operation["responses"][status]["links"][name] = link.clone();
        }
    }
}
