//! Refusals that used something up, such as a try of a code: a repeat gets the same one and uses up
//! nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    SETTINGS,
    call::Call,
    is_problem, is_replayed,
    steps::{TEST_ANSWER, code_body, own, proof, signed_in},
};
use crate::support::{PASSWORD, Person, Reply, Service, phone};

const WRONG: &str = "wrong horse battery";
/// More repeats than any limit of wrong proofs allows tries.
const REPEATS: usize = 8;

fn wrong(code: &Value) -> Value {
    let other = if code == "000000" { "111111" } else { "000000" };
    json!(other)
}

/// Sends `call` and loses the answer; its repeats are refused with `code`, each with the first answer,
/// which is returned.
async fn is_refused_once(service: &Service, call: &Call, code: &str) -> Reply {
    call.send_and_lose_the_answer(service).await;
    let first = call.repeat_until_done().await;
    is_problem(&first, call.status, code);
    for _ in 0..REPEATS {
        let repeat = call.send().await;
        assert!(is_replayed(&repeat), "{repeat:?}");
        assert_eq!((repeat.status, &repeat.body), (first.status, &first.body));
    }
    first
}

#[tokio::test]
async fn idem_12_a_repeat_uses_up_no_try_of_a_code() {
    let service = Service::start(&SETTINGS).await;
    let (person, phone) = (Person::new(&service), phone());
    let right = proof(&person, "sign-up", &phone).await;
    let mut body = right.clone();
    body["code"] = wrong(&right["code"]);
    let call = |body| Call::new(&service, &person, Method::POST, "/api/v1/users").with_body(body);
    let first = is_refused_once(&service, &call(body.clone()).answered(422), "code-wrong").await;
    assert_eq!(first.json()["tries_left"], 4);
    let second = call(body).send().await;
    assert_eq!(second.json()["tries_left"], 3, "another key is another try");
    assert_eq!(call(right).send().await.status, 201);
}

#[tokio::test]
async fn idem_12_a_repeat_is_no_further_wrong_password() {
    let service = Service::start(&SETTINGS).await;
    let (person, phone) = signed_in(&service).await;
    let sign_in = |password: &str| {
        let call = Call::new(&service, &Person::new(&service), Method::POST, "/api/v1/sessions");
        call.with_body(json!({ "mobile": phone, "password": password }))
    };
    is_refused_once(&service, &sign_in(WRONG).answered(401), "credentials-wrong").await;
    assert_eq!(sign_in(PASSWORD).send().await.status, 201);

    let confirm = |password: &str| {
        let call = Call::new(&service, &person, Method::POST, "/api/v1/session/confirmations");
        call.with_body(json!({ "password": password }))
    };
    is_refused_once(&service, &confirm(WRONG).answered(422), "proof-wrong").await;
    let change = |current: &str| {
        let call = Call::new(&service, &person, Method::PUT, "/api/v1/me/password");
        call.with_body(json!({ "current": current, "password": "another horse battery" }))
    };
    is_refused_once(&service, &change(WRONG).answered(422), "password-wrong").await;
    assert_eq!(change(PASSWORD).send().await.status, 200);
}

#[tokio::test]
async fn idem_12_a_wrong_answer_to_a_challenge_stays_wrong() {
    let service = Service::start(&SETTINGS).await;
    let (visitor, phone) = (Person::new(&service), phone());
    let body = code_body(&visitor, "sign-in", &phone, "wrong").await;
    let call = |body| Call::new(&service, &visitor, Method::POST, "/api/v1/codes").with_body(body);
    is_refused_once(&service, &call(body.clone()).answered(422), "challenge-wrong").await;
    is_problem(&call(body).send().await, 410, "challenge-gone");
    assert!(visitor.codes_of(&phone).await.is_empty());
}

/// Without a key the repeat is answered that the code is gone.
#[tokio::test]
async fn idem_12_what_a_spent_code_showed_is_told_again() {
    let service = Service::start(&SETTINGS).await;
    let (_, taken) = signed_in(&service).await;
    let visitor = Person::new(&service);
    let call = |path: &str, body: &Value| {
        Call::new(&service, &visitor, Method::POST, path).with_body(body.clone())
    };
    let mut body = proof(&visitor, "sign-up", &taken).await;
    body["password"] = json!(PASSWORD);
    let first = call("/api/v1/users", &body).answered(409);
    assert_eq!(is_refused_once(&service, &first, "number-taken").await.json()["next"], "sign-in");
    is_problem(&call("/api/v1/users", &body).send().await, 410, "code-gone");

    let mut body = proof(&visitor, "reset", &phone()).await;
    body["password"] = json!(PASSWORD);
    let first = call("/api/v1/password-resets", &body).answered(404);
    is_refused_once(&service, &first, "no-account").await;

    let body = proof(&visitor, "undo-number", &phone()).await;
    let first = call("/api/v1/number-undos", &body).answered(404);
    is_refused_once(&service, &first, "nothing-to-undo").await;
}

#[tokio::test]
async fn idem_12_a_closed_sign_up_is_told_again() {
    let closed = [&SETTINGS[..], &[("account.sign_up", "closed")]].concat();
    let service = Service::start(&closed).await;
    let visitor = Person::new(&service);
    let body = proof(&visitor, "sign-in", &phone()).await;
    let call = Call::new(&service, &visitor, Method::POST, "/api/v1/sessions").with_body(body);
    is_refused_once(&service, &call.answered(403), "sign-up-closed").await;
}

#[tokio::test]
async fn idem_12_a_lost_continuation_is_had_by_a_repeat() {
    let service = Service::start(&SETTINGS).await;
    let (person, phone) = signed_in(&service).await;
    let leaving = person.send(own(&person, Method::DELETE, "/api/v1/me")).await;
    assert_eq!(leaving.status, 202, "{leaving:?}");
    let call = Call::new(&service, &Person::new(&service), Method::POST, "/api/v1/sessions");
    let call = call.with_body(json!({ "mobile": phone, "password": PASSWORD })).answered(409);
    let refused = is_refused_once(&service, &call, "account-leaving").await;
    let body = json!({ "continuation": refused.json()["continuation"], "restore": true });
    let restore =
        Call::new(&service, &Person::new(&service), Method::POST, "/api/v1/sessions/continuations");
    assert_eq!(restore.with_body(body).send().await.status, 201);
}

/// These did nothing, so a repeat is decided anew.
#[tokio::test]
async fn idem_12_a_refusal_that_used_up_nothing_is_not_repeated() {
    let service = Service::start(&SETTINGS).await;
    let visitor = Person::new(&service);
    let body = code_body(&visitor, "sign-in", "1380013800", TEST_ANSWER).await;
    let call = Call::new(&service, &visitor, Method::POST, "/api/v1/codes").with_body(body);
    for _ in 0..2 {
        let reply = call.send().await;
        is_problem(&reply, 422, "mobile-invalid");
        assert!(!is_replayed(&reply));
    }
    let body = json!({ "continuation": "x", "restore": true });
    let call = Call::new(&service, &visitor, Method::POST, "/api/v1/sessions/continuations");
    let call = call.with_body(body);
    for _ in 0..2 {
        let reply = call.send().await;
        is_problem(&reply, 410, "continuation-gone");
        assert!(!is_replayed(&reply));
    }
}
