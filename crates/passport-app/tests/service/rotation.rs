//! A new secret, with and without the former one beside it.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{
    By, PASSWORD, Person, Plain, ROOMY, Service, Shown, TEST_ANSWER, Visitor, phone, redis, run,
};

const OLD: &str = "4d1f0c9e7a2b8356e1d0c4f7a9b23856";
const NEW: &str = "9b6d1f0ce4a27358b1c90de36f47a285";

/// Everything that a person can have under way when the service is restarted.
struct Underway {
    folder: Arc<TempDir>,
    settings: Vec<(&'static str, String)>,
    /// Has a code of the original API, and a CSRF token.
    person: Person,
    phone: String,
    code: String,
    /// Image of the original API, which was not answered yet.
    image: String,
    /// A challenge of `/api/v1` that was not answered yet.
    challenge: Value,
    /// Idempotency key of a sign-up, its body and its answer.
    repeat: (String, Value, String),
    /// Account that is to be deleted, and what withdraws that.
    continuation: Value,
    /// Page on which a code is typed.
    plain: (Plain, Shown, String),
    /// As many wrong passwords were typed for this number as are allowed in a row.
    blocked: String,
}

impl Underway {
    async fn under(store: &str, secrets: (&'static str, &str)) -> Self {
        let mut settings: Vec<_> =
            ROOMY.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        // So that a count that starts anew shows.
        settings.retain(|(key, _)| *key != "sms_code.resend_after");
        settings.extend([
            ("sms_code.resend_after", "60s".to_owned()),
            ("limits.failures_stop", "9".to_owned()),
            ("limits.failures_free", "8".to_owned()),
            ("store.url", store.to_owned()),
        ]);
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let service = start(&folder, &settings, secrets).await;

        let (person, phone) = (Person::new(&service), phone());
        let code = person.request_code(&phone).await;
        let image = person.challenge().await;
        let issued = person.send(person.request(Method::POST, "/api/v1/challenges")).await;
        let blocked = block(&service).await;
        Self {
            repeat: repeat(&service).await,
            continuation: continuation(&service).await,
            plain: typing(&service).await,
            challenge: issued.json()["id"].clone(),
            folder,
            settings,
            person,
            phone,
            code,
            image,
            blocked,
        }
    }

    /// What goes on after a restart with `secrets`.
    async fn goes_on(&self, secrets: (&'static str, &str)) -> Vec<(&'static str, bool)> {
        let service = start(&self.folder, &self.settings, secrets).await;
        let (plain, page, typed) = &self.plain;
        self.person.go_to(&service);
        plain.go_to(&service);
        let visitor = Visitor::new(&service, By::Bearer);

        let csrf = self.person.login(&self.phone, "not the password").await;
        let count = Person::new(&service).try_request_code(&self.phone).await;
        let challenge = json!({ "id": self.challenge, "answer": TEST_ANSWER });
        let body = json!({ "purpose": "sign-in", "mobile": phone(), "challenge": challenge });
        let issued = visitor.post("/codes", body).await;
        let image = Person::new(&service).ask_code(&phone(), TEST_ANSWER, &self.image).await;
        let code = self.person.register(&self.phone, &self.code, PASSWORD).await;
        let code = if csrf.errno() == "4201" {
            // The refusal has renewed the token.
            self.person.register(&self.phone, &self.code, PASSWORD).await
        } else {
            code
        };
        let (key, body, answer) = &self.repeat;
        let repeated = sign_up(&visitor, key, body).await;
        let restore = json!({ "continuation": self.continuation, "restore": true });
        let restored = visitor.enter("/sessions/continuations", restore).await;
        let flow = plain.send(page, &[("code", typed)]).await;
        let waits = Person::new(&service).login(&self.blocked, PASSWORD).await;
        vec![
            ("csrf token", csrf.errno() != "4201"),
            ("pause between two codes", count.errno() == "4201"),
            ("issued challenge", issued.status == 202),
            ("stored answer", image.errno() == "0"),
            ("code", code.errno() == "0"),
            ("idempotent answer", repeated.text() == *answer),
            ("continuation", restored.status == 201),
            ("flow", flow.address == "/sign-up/password"),
            ("failures in a row", waits.errno() == "4201"),
            ("search of events", self.has_events(secrets)),
        ]
    }

    /// Whether events from before are found by their number.
    fn has_events(&self, secrets: (&str, &str)) -> bool {
        let mut settings = pairs(&self.settings);
        settings.push(secrets);
        let arguments = ["audit", "--mobile", &self.blocked, "--kind", "user.created", "--json"];
        let found = run(self.folder.path(), &settings, &arguments).json();
        !found["events"].as_array().or(found.as_array()).unwrap().is_empty()
    }
}

async fn start(
    folder: &Arc<TempDir>,
    settings: &[(&str, String)],
    secrets: (&str, &str),
) -> Service {
    let mut settings = pairs(settings);
    settings.push(secrets);
    Service::start_in(folder, &settings).await
}

fn pairs<'a>(settings: &'a [(&str, String)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(key, value)| (*key, value.as_str())).collect()
}

/// The number of an account that no password opens any more, until a code does.
async fn block(service: &Service) -> String {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, PASSWORD).await;
    for _ in 0..10 {
        person.login(&phone, "wrong password").await;
    }
    phone
}

async fn sign_up(visitor: &Visitor, key: &str, body: &Value) -> crate::support::Reply {
    let request = visitor.request(Method::POST, "/users").header("Idempotency-Key", key);
    visitor.send(request.json(body)).await
}

/// The idempotency key of a sign-up, its body and its answer.
async fn repeat(service: &Service) -> (String, Value, String) {
    let (visitor, phone) = (Visitor::new(service, By::Bearer), phone());
    let mut body = visitor.code("sign-up", &phone).await;
    body["transport"] = "bearer".into();
    let key = Uuid::new_v4().to_string();
    let reply = sign_up(&visitor, &key, &body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    (key, body, reply.text())
}

/// What withdraws the deletion of an account.
async fn continuation(service: &Service) -> Value {
    let (visitor, phone) = (Visitor::new(service, By::Bearer), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    visitor.sign_in(&phone, PASSWORD).await;
    assert_eq!(visitor.delete("/me").await.status, 202);
    let reply = visitor.sign_in(&phone, PASSWORD).await;
    assert_eq!(reply.status, 409, "{reply:?}");
    reply.json()["continuation"].clone()
}

/// A browser without JavaScript on the page for a code, and the code.
async fn typing(service: &Service) -> (Plain, Shown, String) {
    let (person, phone) = (Plain::new(service), phone());
    let page = person.open("/sign-in").await;
    let page = person.send(&page, &[("mobile", &phone), ("picture", TEST_ANSWER)]).await;
    assert!(page.address.starts_with("/sign-in/code"), "{:?}", page.errors());
    let code = person.code(&phone).await;
    (person, page, code)
}

/// Names of what does not go on.
async fn lost(
    store: &str,
    before: (&'static str, &str),
    after: (&'static str, &str),
) -> Vec<&'static str> {
    let underway = Underway::under(store, before).await;
    let goes_on = underway.goes_on(after).await;
    goes_on.into_iter().filter(|(_, goes_on)| !goes_on).map(|(name, _)| name).collect()
}

/// Challenges are the only ones that end with the process without Redis, with or without a new secret.
const OF_THE_PROCESS: [&str; 2] = ["issued challenge", "stored answer"];

#[tokio::test]
async fn o8_nothing_is_lost_while_the_former_secret_is_kept() {
    let (new_old, old_new) = (format!("{NEW},{OLD}"), format!("{OLD},{NEW}"));
    // In one step; as nodes see each other that are restarted one by one; and the end of the rotation.
    for (before, after) in [
        (("secret", OLD), ("secrets", &*new_old)),
        (("secrets", &*new_old), ("secrets", &*old_new)),
        (("secrets", &*old_new), ("secrets", &*new_old)),
        (("secrets", &*new_old), ("secret", NEW)),
    ] {
        assert_eq!(lost("database", before, after).await, OF_THE_PROCESS, "{before:?} {after:?}");
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn o8_nothing_is_lost_in_redis_while_the_former_secret_is_kept() {
    let both = format!("{NEW},{OLD}");
    let none: [&str; 0] = [];
    assert_eq!(lost(&redis(), ("secret", OLD), ("secrets", &both)).await, none);
    assert_eq!(lost(&redis(), ("secrets", &both), ("secret", NEW)).await, none);
}

#[tokio::test]
async fn o8_without_the_former_secret_everything_begins_anew() {
    let all = [
        "csrf token",
        "pause between two codes",
        "issued challenge",
        "stored answer",
        "code",
        "idempotent answer",
        "continuation",
        "flow",
        "failures in a row",
        "search of events",
    ];
    assert_eq!(lost("database", ("secret", OLD), ("secret", NEW)).await, all);
}

/// Sessions and passwords do not depend on the secret.
#[tokio::test]
async fn o8_sessions_and_passwords_outlive_every_secret() {
    let mut service = Service::start(&[("secret", OLD)]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    service.stop().await;
    let service = Service::start_in(service.folder(), &[("secret", NEW)]).await;
    person.go_to(&service);
    assert!(person.who_am_i().await.is_some());
    Person::new(&service).sign_in(&phone, PASSWORD).await;
}
