//! Documented answers that no other test causes.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::{
    Account, Api, Call, Gate, GatewayDouble, PASSWORD, ROOMY, Reply, Service, phone, postgres,
    redis,
};

#[track_caller]
fn is(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (status, &code.into()), "{reply:?}");
}

/// Sends a request until it is answered with `code`, at most `most` times.
async fn until_refused(api: &Api, call: &Call, most: usize, code: &str) -> Reply {
    let mut last = None;
    for _ in 0..most {
        let reply = api.send(call).await;
        if !reply.body.is_empty() && reply.json()["code"] == code {
            return reply;
        }
        last = Some(reply);
    }
    panic!("never {code}: {:?}", last.map(|it| it.text()))
}

fn bogus_code() -> Value {
    json!({ "mobile": phone(), "code_id": "AAAAAAAAAAAAAAAAAAAAAA", "code": "012345" })
}

fn with_password(mut body: Value) -> Value {
    body["password"] = "another good password".into();
    body
}

#[tokio::test]
async fn a_code_that_is_not_sent_is_told_with_its_reason() {
    let double = GatewayDouble::start("webhook");
    let own = double.settings("webhook");
    let own: Vec<_> = own.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let settings =
        [&ROOMY[..], &own, &[("sms.gateways", "webhook"), ("sms.deadline", "1s")]].concat();
    let service = Service::start(&settings).await;
    let api = Api::new(&service);
    let ask = async || api.send(&api.code_call("sign-up", &phone(), None).await).await;
    double.refuse();
    is(&ask().await, 422, "recipient-refused");
    double.say(r#"422 {"error":{"code":"recipient_throttled"}}"#);
    is(&ask().await, 429, "recipient-throttled");
    double.withhold();
    let unknown = ask().await;
    is(&unknown, 503, "delivery-unknown");
    assert_eq!(unknown.json()["length"], 6);
    double.say("410 gone");
    is(&ask().await, 502, "not-sent");
    is(
        &api.send(&api.code_call("sign-up", "+4915112345678", None).await).await,
        403,
        "country-not-served",
    );
}

#[tokio::test]
async fn wrong_codes_in_a_row_stop_codes_of_every_purpose() {
    let service = Service::start(&[&ROOMY[..], &[("limits.wrong_codes_stop", "5")]].concat()).await;
    let api = Api::new(&service);
    let number = phone();
    let (id, code) = api.code("sign-in", &number, None).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let body = json!({ "mobile": number, "code_id": id, "code": wrong });
    for _ in 0..5 {
        is(&api.send(&Call::post("/sessions", body.clone())).await, 422, "code-wrong");
    }
    let account = Account::with_password(&api).await;
    // The pause between two codes is over.
    sleep(Duration::from_millis(1_100)).await;
    let change = Call { method: Method::PUT, ..Call::post("/me/mobile", body.clone()) };
    for call in [
        api.code_call("sign-in", &number, None).await,
        Call::post("/sessions", body.clone()),
        Call::post("/users", body.clone()),
        Call::post("/password-resets", with_password(body.clone())),
        Call::post("/number-undos", body.clone()),
        change.by(&account.token),
    ] {
        let reply = api.send(&call).await;
        // The wait that the failures grew to comes before the stop.
        let code = reply.json()["code"].clone();
        assert!(code == "stopped" || code == "wait", "{call:?}: {}", reply.text());
    }

    let wrong = json!({ "current": "wrong horse battery", "password": "another good password" });
    let change = Call { method: Method::PUT, ..Call::post("/me/password", wrong) };
    until_refused(&api, &change.by(&account.token), 10, "stopped").await;
}

#[tokio::test]
async fn the_history_is_read_so_often_only() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let events = Call::new(Method::GET, "/me/events").by(&account.token);
    until_refused(&api, &events, 100, "too-many").await;
}

#[tokio::test]
async fn hashes_beyond_the_queue_are_refused() {
    let settings = [("password.cost", "12"), ("password.slots", "1"), ("password.queue", "1")];
    let service = Service::start(&[&ROOMY[..], &settings].concat()).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let flood = (0..12).map(|_| {
        let api = api.clone();
        tokio::spawn(async move {
            loop {
                let body = json!({ "mobile": phone(), "password": PASSWORD });
                api.send(&Call::post("/sessions", body)).await;
                sleep(Duration::from_millis(20)).await;
            }
        })
    });
    let flood: Vec<_> = flood.collect();
    let current = json!({ "current": PASSWORD, "password": "another good password" });
    let change = Call { method: Method::PUT, ..Call::post("/me/password", current) };
    for call in [
        Call::post("/users", with_password(bogus_code())),
        Call::post("/password-resets", with_password(bogus_code())),
        Call::post("/session/confirmations", json!({ "password": PASSWORD })).by(&account.token),
        change.by(&account.token),
        Call::post("/sessions", json!({ "mobile": phone(), "password": PASSWORD })),
    ] {
        let refused = async {
            loop {
                let reply = api.send(&call).await;
                if reply.status == 503 {
                    return reply;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        let refused = tokio::time::timeout(Duration::from_secs(20), refused).await;
        is(&refused.unwrap_or_else(|_| panic!("never busy: {call:?}")), 503, "busy");
    }
    flood.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn without_stores_challenges_and_the_end_of_a_session_are_unavailable() {
    let postgres = postgres().await;
    let (redis, postgres) = (Gate::before(&redis()), Gate::before(&postgres));
    let urls = [("store.url", redis.url()), ("database.url", postgres.url())];
    let service = Service::start(&[&ROOMY[..], &urls].concat()).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let challenge = api.done(Call::new(Method::POST, "/challenges")).await.json();
    redis.shut();
    postgres.shut();
    let path = |end: &str| format!("/challenges/{}/{end}", challenge["id"].as_str().unwrap());
    let calls = [
        Call::new(Method::DELETE, &format!("/sessions/{}", Uuid::new_v4())).by(&account.token),
        Call::new(Method::GET, &path("image")),
        Call::new(Method::GET, &path("audio")),
    ];
    let replies = join_all(calls.iter().map(|call| api.send(call))).await;
    for reply in &replies {
        is(reply, 503, "unavailable");
    }
    let keyed = api
        .head(&Call::new(Method::POST, "/challenges"))
        .header("Idempotency-Key", Uuid::new_v4().to_string());
    is(&Reply::to(keyed).await.unwrap(), 503, "unavailable");
}
