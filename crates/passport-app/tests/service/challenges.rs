//! Challenges over HTTP: those of `/api/v1`, and the rules that both APIs share.

mod limits;
mod sound;

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Person, Reply, Service, phone, redis};

const GONE: (&str, &str) = ("4002", "图片验证码过期");
const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

async fn issue(person: &Person) -> Value {
    let reply = person.send(person.request(Method::POST, "/api/v1/challenges")).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.json()
}

fn text<'a>(challenge: &'a Value, pointer: &str) -> &'a str {
    challenge.pointer(pointer).and_then(Value::as_str).unwrap()
}

async fn image(person: &Person, challenge: &Value) -> Reply {
    person.get(text(challenge, "/links/image")).await
}

async fn audio(person: &Person, challenge: &Value, language: &str) -> Reply {
    person.get(&format!("{}?lang={language}", text(challenge, "/links/audio"))).await
}

/// Asserts a refusal of our API.
#[track_caller]
fn assert_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.json()["code"], code);
}

async fn shown(person: &Person) -> String {
    let id = Uuid::new_v4().to_string();
    let reply = person.get(&format!("/passport/image_code?cur_id={id}")).await;
    assert_eq!(reply.header("content-type"), "image/png");
    id
}

async fn spoken(person: &Person, id: &str, more: &str) -> Reply {
    person.get(&format!("/passport/audio_code?cur_id={id}{more}")).await
}

#[tokio::test]
async fn a_challenge_states_its_kinds_and_its_lifetime() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let challenge = issue(&person).await;
    let id = text(&challenge, "/id");
    assert_eq!(id.len(), 48);
    assert_eq!(challenge["kinds"], serde_json::json!(["image", "audio"]));
    assert_eq!(text(&challenge, "/links/image"), format!("/api/v1/challenges/{id}/image"));
    assert_eq!(text(&challenge, "/links/audio"), format!("/api/v1/challenges/{id}/audio"));
    let seconds = challenge["expires_in"].as_u64().unwrap();
    assert!((298..=300).contains(&seconds), "{seconds}");
    assert!(text(&challenge, "/expires_at").ends_with('Z'));
    person.ask_code(&phone(), "abcd2", id).await.says("0", "发送成功");
}

#[tokio::test]
async fn cap_1_an_issued_challenge_works_once_right_or_wrong() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let (one, other) = (issue(&person).await, issue(&person).await);
    person.ask_code(&phone(), "abcd2", text(&one, "/id")).await.says("0", "发送成功");
    person.ask_code(&phone(), "abcd2", text(&one, "/id")).await.says(GONE.0, GONE.1);
    let wrong = person.ask_code(&phone(), "zzzz9", text(&other, "/id")).await;
    wrong.says("4004", "图片验证码错误");
    person.ask_code(&phone(), "abcd2", text(&other, "/id")).await.says(GONE.0, GONE.1);
}

#[tokio::test]
async fn cap_2_issued_ids_cannot_be_chosen_or_ended_by_others() {
    let service = Service::start(&[]).await;
    let (owner, stranger) = (Person::new(&service), Person::new(&service));
    let challenge = issue(&owner).await;
    let id = text(&challenge, "/id");
    // The id is sent as the one to replace, and as the one to draw.
    let query = format!("cur_id={}&pre_id={id}", Uuid::new_v4());
    let reply = stranger.get(&format!("/passport/image_code?{query}")).await;
    assert_eq!(reply.header("content-type"), "image/png");
    stranger.get(&format!("/passport/image_code?cur_id={id}")).await.says("4103", "参数不全");
    // The body is ignored.
    let chosen = serde_json::json!({ "id": id });
    let other = stranger.post("/api/v1/challenges", chosen).await;
    assert_ne!(other.json()["id"], id);
    for method in [Method::DELETE, Method::PUT, Method::POST] {
        let path = format!("/api/v1/challenges/{id}");
        let reply = stranger.send(stranger.request(method, &path)).await;
        assert_problem(&reply, 404, "not-found");
    }
    owner.ask_code(&phone(), "abcd2", id).await.says("0", "发送成功");
}

#[tokio::test]
async fn cap_2_an_id_that_was_not_issued_is_unknown() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let challenge = issue(&person).await;
    let id = text(&challenge, "/id");
    let altered = format!("{}{}", if id.starts_with('A') { "B" } else { "A" }, &id[1..]);
    let long = "A".repeat(3_000);
    let uuid = Uuid::new_v4().to_string();
    for other in [&altered, &id[1..], &format!("{id}A"), &uuid, &long, "*", "%00", "%ff"] {
        for kind in ["image", "audio"] {
            let reply = person.get(&format!("/api/v1/challenges/{other}/{kind}")).await;
            assert_problem(&reply, 404, "not-found");
        }
        let answered = person.ask_code(&phone(), "abcd2", other).await;
        answered.says(GONE.0, GONE.1);
    }
}

#[tokio::test]
async fn cap_4_picture_and_sound_come_with_their_true_types_and_are_never_kept() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let challenge = issue(&person).await;
    let id = shown(&person).await;
    for (reply, media_type, start) in [
        (image(&person, &challenge).await, "image/png", &b"\x89PNG\r\n\x1a\n"[..]),
        (audio(&person, &challenge, "en").await, "audio/wav", b"RIFF"),
        (spoken(&person, &id, "").await, "audio/wav", b"RIFF"),
    ] {
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), media_type);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.body.starts_with(start));
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn nodes_with_one_secret_make_the_same_and_other_nodes_know_nothing() {
    let redis = redis();
    let other_secret = SECRET.replace('0', "9");
    let node = async |secret| Service::start(&[("store.url", &*redis), ("secret", secret)]).await;
    let [one, same, foreign] = [node(SECRET).await, node(SECRET).await, node(&*other_secret).await];
    let person = Person::new(&one);
    let challenge = issue(&person).await;
    let id = shown(&person).await;
    let made = [image(&person, &challenge).await.body, audio(&person, &challenge, "zh").await.body];
    let said = spoken(&person, &id, "").await.body;

    person.go_to(&same);
    let again =
        [image(&person, &challenge).await.body, audio(&person, &challenge, "zh").await.body];
    assert!(made == again, "both nodes make the same");
    assert!(said == spoken(&person, &id, "").await.body);

    person.go_to(&foreign);
    assert_problem(&image(&person, &challenge).await, 404, "not-found");
    assert_problem(&audio(&person, &challenge, "zh").await, 404, "not-found");

    person.go_to(&same);
    person.ask_code(&phone(), "abcd2", text(&challenge, "/id")).await.says("0", "发送成功");
}

#[tokio::test]
async fn no_picture_is_given_twice_however_many_ask_at_once() {
    let service = Service::start(&[("limits.challenges_per_ip_minute", "1000")]).await;
    let person = Person::new(&service);
    let mut seen = HashSet::new();
    for _ in 0..5 {
        let looks = (0..60).map(|_| async {
            let path = format!("/passport/image_code?cur_id={}", Uuid::new_v4());
            let reply = person.send_bare(person.request(Method::GET, &path)).await;
            assert_eq!(reply.header("content-type"), "image/png");
            let cookie = reply.cookie("passport_challenge").unwrap();
            let ticket = cookie.split(['.', ';']).nth(1).unwrap().to_owned();
            (reply.body, ticket)
        });
        for (picture, ticket) in futures::future::join_all(looks).await {
            assert!(seen.insert(picture), "a picture was given twice");
            assert!(seen.insert(ticket.into_bytes()), "a ticket was given twice");
        }
    }
    assert_eq!(seen.len(), 600);
}
