//! What Redis and PostgreSQL are asked for one request, over the wire. A number that is too small is as wrong
//! as one that is too great: then the expectation is set to it, and the reason is in the commit.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{Api, Call, ROOMY, Service, Tap, phone, postgres, redis};

/// Long enough for what follows an answer: the event, and the record of a code that was redeemed.
const AFTERWARDS: Duration = Duration::from_millis(500);

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn a_send_and_a_sign_in_ask_no_more_than_is_expected() {
    let (redis, postgres) = (Tap::before(&redis()), Tap::before(&postgres().await));
    let mut settings = ROOMY.to_vec();
    settings.extend([("store.url", redis.url()), ("database.url", postgres.url())]);
    let service = Service::start(&settings).await;
    let (api, phone) = (Api::new(&service), phone());
    // The account is made, statements are prepared and scripts are loaded.
    for _ in 0..2 {
        let sent = api.code("sign-in", &phone, None).await;
        api.done(entry(&phone, sent)).await;
    }
    sleep(Duration::from_secs(1)).await;

    let asked = async || {
        sleep(AFTERWARDS).await;
        (of_request(&redis.take()), of_request(&postgres.take()))
    };
    let call = api.code_call("sign-in", &phone, None).await;
    asked().await;
    let sent = api.done(call).await.json();
    // The code is charged and stored, the challenge is marked and the failures are checked in one script.
    // The message is recorded before and after the gateway is called.
    let expected = ["INSERT audit_events", "INSERT outbox_messages", "UPDATE outbox_attempts"];
    assert_eq!(asked().await, (names(&["EVALSHA"]), names(&expected)));

    let id = sent["code_id"].as_str().unwrap().to_owned();
    let code = api.inbox().await[0]["code"].as_str().unwrap().to_owned();
    asked().await;
    api.done(entry(&phone, (id, code))).await;
    // The guess is charged and compared, and the failures are ended, in one script; then wrong passwords are
    // forgotten. The user is found, the session begins, and both are recorded; so is what the redeemed code
    // says of its message, one message after the other.
    let expected = [
        "INSERT audit_events",
        "INSERT sessions",
        "SELECT outbox_attempts",
        "SELECT users",
        "UPDATE outbox_attempts",
        "UPDATE users",
    ];
    assert_eq!(asked().await, (names(&["DEL", "EVALSHA"]), names(&expected)));
}

/// A refused request spends no challenge: if it took longer for a right answer, answers could be tried for
/// nothing.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_refused_request_asks_redis_as_often_for_a_right_answer_as_for_a_wrong_one() {
    let redis = Tap::before(&redis());
    let own = [("store.url", redis.url()), ("limits.wrong_codes_stop", "1")];
    let service = Service::start(&[&ROOMY[..], &own].concat()).await;
    let (api, phone) = (Api::new(&service), phone());
    let (id, code) = api.code("sign-in", &phone, None).await;
    let wrong = if code.starts_with('1') { "222222" } else { "111111" };
    let refused = api.send(&entry(&phone, (id, wrong.to_owned()))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");

    // First the message before makes the next one wait, then the wrong codes are used up.
    for pause in [Duration::ZERO, Duration::from_secs(2)] {
        sleep(pause).await;
        let right = api.code_call("sign-in", &phone, None).await;
        let mut wrong = right.clone();
        wrong.body.as_mut().unwrap()["challenge"]["answer"] = json!("wrong");
        let mut asked = Vec::new();
        for call in [wrong, right] {
            // Scripts are loaded.
            api.send(&call).await;
            redis.take();
            let refused = api.send(&call).await;
            assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
            asked.push(of_request(&redis.take()));
        }
        assert_eq!(asked[0].len(), asked[1].len(), "{pause:?}: {asked:?}");
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

/// Commands that a connection which was idle begins with, and statements that a node asks from time to time,
/// are not of a request.
const OF_NO_REQUEST: [&str; 2] = ["PING", "SELECT outbox_messages"];

/// What was asked for a request, sorted: acts that are independent have no order.
fn of_request(asked: &[String]) -> Vec<String> {
    let mut asked: Vec<_> = asked.iter().map(|text| name(text)).collect();
    asked.retain(|name| !OF_NO_REQUEST.contains(&&**name));
    asked.sort();
    asked
}

/// Verb and table of a statement of PostgreSQL; else the text.
fn name(text: &str) -> String {
    let verbs = [("INSERT", "INSERT INTO "), ("UPDATE", "UPDATE "), ("SELECT", "SELECT ")];
    let found = verbs.iter().filter_map(|(verb, word)| Some((text.find(word)?, *verb, word.len())));
    let Some((at, verb, length)) = found.min() else { return text.to_owned() };
    let table = text[at + length..].trim_start_matches('"');
    let end = table.find(['"', ' ']).unwrap_or(table.len());
    format!("{verb} {}", &table[..end])
}

/// A sign-in by a code.
fn entry(phone: &str, (id, code): (String, String)) -> Call {
    Call::post("/sessions", json!({ "mobile": phone, "code_id": id, "code": code }))
}
