//! Signatures, verified by the official library in Python, and what it refuses.

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{pairs, with_endpoints};
use crate::support::{Account, Api, Hook, Receiver, Service, WEBHOOK_SECRET};

const NEW_SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Reads a list of requests, and prints for each what a receiver decides.
const RECEIVER: &str = "
import json, sys
from standardwebhooks import Webhook, WebhookVerificationError

def decide(request):
    try:
        event = Webhook(request['secret']).verify(request['body'], request['headers'])
        return event['type']
    except WebhookVerificationError as error:
        return 'refused: ' + str(error)

print(json.dumps([decide(request) for request in json.load(sys.stdin)]))
";

/// What the library decides about requests.
fn decide(requests: &[Value]) -> Vec<String> {
    let python = env::var("PASSPORT_TEST_STANDARDWEBHOOKS").unwrap_or_else(|_| {
        panic!(
            "PASSPORT_TEST_STANDARDWEBHOOKS is not set: set it to a Python with the package \
             standardwebhooks, or run ./check, which installs one"
        )
    });
    let mut child = Command::new(python)
        .args(["-c", RECEIVER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(json!(requests).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn request(secret: &str, hook: &Hook) -> Value {
    json!({ "secret": secret, "headers": hook.headers, "body": hook.text })
}

/// With one header, or the body, replaced.
fn tampered(hook: &Hook, place: &str, value: &str) -> Value {
    let mut request = request(WEBHOOK_SECRET, hook);
    match place {
        "body" => request["body"] = value.into(),
        header => request["headers"][header] = value.into(),
    }
    request
}

#[tokio::test]
#[ignore = "needs Python with standardwebhooks"]
async fn hook_21_the_official_library_takes_what_was_sent_and_refuses_what_was_changed() {
    let receiver = Receiver::start();
    let both = [NEW_SECRET, WEBHOOK_SECRET].join(",");
    let settings =
        with_endpoints(&receiver, &["shop", "rotating"], &[("webhooks.rotating.secret", &both)]);
    let service = Service::start(&pairs(&settings)).await;
    Account::with_password(&Api::new(&service)).await;
    let hook = receiver.event("/shop", "user.created").await;
    let rotating = receiver.event("/rotating", "user.created").await;
    let session = receiver.event("/shop", "session.started").await;
    let id = session.id().to_owned();
    let at: i64 = hook.headers["webhook-timestamp"].parse().unwrap();

    let good = decide(&[
        request(WEBHOOK_SECRET, &hook),
        request(WEBHOOK_SECRET, &session),
        // During a rotation receivers with either secret take it.
        request(WEBHOOK_SECRET, &rotating),
        request(NEW_SECRET, &rotating),
    ]);
    assert_eq!(good, ["user.created", "session.started", "user.created", "user.created"]);

    let text = &hook.text;
    let bad = decide(&[
        request(NEW_SECRET, &hook),
        tampered(&hook, "body", &text.replace("user.created", "user.deleted")),
        tampered(&hook, "body", &format!("{text} ")),
        tampered(&hook, "webhook-id", &id),
        tampered(&hook, "webhook-timestamp", &(at + 1).to_string()),
        tampered(&hook, "webhook-timestamp", &(at - 600).to_string()),
        tampered(&hook, "webhook-signature", "v1,AAAA"),
        tampered(&hook, "webhook-signature", &session.headers["webhook-signature"]),
    ]);
    for decision in bad {
        assert!(decision.starts_with("refused: "), "{decision}");
    }
}
