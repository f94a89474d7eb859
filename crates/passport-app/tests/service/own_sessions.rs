//! `/api/v1/sessions`: the list of a person's own sessions, and ending them.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{PASSWORD, Person, Reply, Service, phone, postgres, redis};

const SESSIONS: &str = "/api/v1/sessions";

/// The person with `phone` on another device.
async fn device(service: &Service, phone: &str) -> Person {
    let device = Person::new(service);
    device.sign_in(phone, PASSWORD).await;
    device
}

async fn listed(person: &Person) -> Vec<Value> {
    let reply = person.get(SESSIONS).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.json()["sessions"].as_array().unwrap().clone()
}

/// The id of the session of this device.
async fn current(person: &Person) -> String {
    let sessions = listed(person).await;
    let mut current = sessions.iter().filter(|session| session["current"] == true);
    let id = current.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(current.next().is_none(), "one session is the current one: {sessions:?}");
    id
}

/// Ends sessions as a page of the service would.
async fn delete(person: &Person, path: &str) -> Reply {
    let request = person.request(Method::DELETE, path).header("Sec-Fetch-Site", "same-origin");
    person.send(request).await
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status.as_u16(), status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.json()["code"], code);
}

#[tokio::test]
async fn ses_6_sessions_are_listed_with_the_current_one_marked() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let other = device(&service, &phone).await;
    let sessions = listed(&person).await;
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    for session in &sessions {
        let mut members: Vec<_> = session.as_object().unwrap().keys().collect();
        members.sort();
        let expected = [
            "address",
            "browser",
            "created_at",
            "current",
            "expires_at",
            "id",
            "kind",
            "last_seen_at",
            "place",
            "remembered",
            "system",
        ];
        assert_eq!(members, expected);
    }
    assert_ne!(current(&person).await, current(&other).await);
    let text = person.get(SESSIONS).await.text();
    assert!(!text.contains(&person.cookie("passport_session").unwrap()), "the list has no token");
}

#[tokio::test]
async fn ses_6_one_session_is_ended_by_its_id() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let other = device(&service, &phone).await;
    let path = format!("{SESSIONS}/{}", current(&other).await);
    let reply = delete(&person, &path).await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
    assert!(other.who_am_i().await.is_none());
    assert!(person.who_am_i().await.is_some());
    is_problem(&delete(&person, &path).await, 404, "not-found");
}

#[tokio::test]
async fn ses_6_the_current_session_can_be_ended_and_the_cookie_is_deleted() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let path = format!("{SESSIONS}/{}", current(&person).await);
    assert_eq!(delete(&person, &path).await.status, 204);
    assert_eq!(person.cookie("passport_session"), None);
}

#[tokio::test]
async fn ses_6_all_other_sessions_are_ended() {
    let service = Service::start(&[]).await;
    let (person, phone, stranger) = (Person::new(&service), phone(), Person::new(&service));
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let strangers_phone = crate::support::phone();
    stranger.sign_up(&strangers_phone, PASSWORD).await;
    stranger.sign_in(&strangers_phone, PASSWORD).await;
    let others = [device(&service, &phone).await, device(&service, &phone).await];
    let reply = delete(&person, SESSIONS).await;
    assert_eq!((reply.status.as_u16(), reply.json()), (200, json!({ "ended": 2 })));
    for other in &others {
        assert!(other.who_am_i().await.is_none());
    }
    assert!(person.who_am_i().await.is_some() && stranger.who_am_i().await.is_some());
    assert_eq!(listed(&person).await.len(), 1);
}

#[tokio::test]
async fn ses_6_the_session_of_another_person_is_answered_as_an_unknown_one() {
    let service = Service::start(&[]).await;
    let mut people = Vec::new();
    for _ in 0..2 {
        let (person, phone) = (Person::new(&service), phone());
        person.sign_up(&phone, PASSWORD).await;
        person.sign_in(&phone, PASSWORD).await;
        people.push(person);
    }
    let path = |id: String| format!("{SESSIONS}/{id}");
    let anothers = delete(&people[0], &path(current(&people[1]).await)).await;
    let unknown = delete(&people[0], &path(Uuid::new_v4().to_string())).await;
    is_problem(&anothers, 404, "not-found");
    assert_eq!(anothers.json(), unknown.json());
    assert!(people[1].who_am_i().await.is_some());
    for id in ["1", "%00", &"f".repeat(3_000), "00000000-0000-0000-0000-00000000000g"] {
        is_problem(&delete(&people[0], &path(id.to_owned())).await, 404, "not-found");
    }
}

#[tokio::test]
async fn ses_8_a_page_of_another_site_ends_no_session() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let other = device(&service, &phone).await;
    let cookie = format!("passport_session={}", person.cookie("passport_session").unwrap());
    let own = format!("{SESSIONS}/{}", current(&person).await);
    for path in [SESSIONS, &own] {
        for (name, value) in [
            ("Origin", "https://evil.example"),
            ("Sec-Fetch-Site", "cross-site"),
            ("X-CSRFToken", "guessed"),
            ("Accept", "*/*"),
        ] {
            let request = person.request(Method::DELETE, path);
            let request = request.header("Cookie", &cookie).header(name, value);
            is_problem(&person.send_bare(request).await, 403, "cross-site");
        }
    }
    assert!(person.who_am_i().await.is_some() && other.who_am_i().await.is_some());
}

#[tokio::test]
async fn without_a_session_nothing_is_listed_or_ended() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    is_problem(&person.get(SESSIONS).await, 401, "not-signed-in");
    is_problem(&delete(&person, SESSIONS).await, 401, "not-signed-in");
    let path = format!("{SESSIONS}/{}", Uuid::new_v4());
    is_problem(&delete(&person, &path).await, 401, "not-signed-in");
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn ses_7_sessions_ended_on_one_node_are_ended_on_the_other() {
    let (redis, postgres) = (redis(), postgres().await);
    for store in ["database", "store"] {
        let settings = [
            ("store.url", &*redis),
            ("database.url", &*postgres),
            ("session.store", store),
            ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
        ];
        let one = Service::start(&settings).await;
        let other = Service::start(&settings).await;
        let (person, phone) = (Person::new(&one), phone());
        person.sign_up(&phone, PASSWORD).await;
        person.sign_in(&phone, PASSWORD).await;
        let elsewhere = device(&other, &phone).await;
        assert_eq!(delete(&person, SESSIONS).await.json(), json!({ "ended": 1 }));
        assert!(elsewhere.who_am_i().await.is_none(), "session.store {store}");
        person.go_to(&other);
        assert!(person.who_am_i().await.is_some(), "session.store {store}");
    }
}
