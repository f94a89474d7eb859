//! Contents of the log.

use reqwest::Method;

use crate::support::{PASSWORD, Person, Service, phone, postgres, redis};

/// Message of the console gateway's line, the only line that may contain a code.
const CONSOLE: &str = "message written to the console";

/// Uses the whole service, and asserts that the log contains no secret.
async fn nothing_secret_is_logged(settings: &[(&str, &str)]) {
    // Ten digits, because six digits also occur in timestamps.
    let all: Vec<_> = settings
        .iter()
        .chain(&[("log.filter", "trace"), ("sms_code.length", "10")])
        .copied()
        .collect();
    let service = Service::start(&all).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    person.register(&phone, "0123456789", PASSWORD).await.says("4004", "短信验证码错误");
    person.register(&phone, &code, "password1").await;
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
    person.login(&phone, "a wrong password").await.says("4004", "手机号或密码错误");
    person.sign_in(&phone, PASSWORD).await;
    let former = person.cookie("passport_session").unwrap();
    person.sign_in(&phone, PASSWORD).await;
    let token = person.cookie("passport_session").unwrap();
    person.who_am_i().await.unwrap();
    person.sign_out().await;
    let csrf = person.cookie("csrf_token").unwrap();
    let (issued, tickets) = fetch_challenges(&person).await;
    let refused = person.request(Method::POST, "/passport/login");
    person.send(refused.header("Origin", "https://evil.test")).await;
    let in_query = format!("/passport/login?mobile={phone}&password=correct%20horse");
    let last = person.get(&in_query).await;

    let log = service.log_up_to(&last).await;
    let (console, rest): (Vec<_>, Vec<_>) = log.lines().partition(|line| line.contains(CONSOLE));
    assert_eq!(console.len(), 1, "one message was sent");
    assert!(console[0].contains(&code), "the line is the console gateway's");
    let rest = rest.join("\n");
    assert!(rest.contains("signed up") && rest.contains("TRACE"), "the log was on");
    let secrets = [
        &code,
        "0123456789",
        PASSWORD,
        "correct%20horse",
        "password1",
        "a wrong password",
        &former,
        &token,
        &csrf,
        &phone,
        &issued,
        &tickets[0],
        &tickets[1],
        "abcd2",
        "ABCD2",
    ];
    for secret in secrets {
        let bytes = as_bytes(secret);
        let line = rest.lines().find(|line| line.contains(secret) || line.contains(&bytes));
        assert_eq!(line, None, "{secret}");
    }
    for secret in [PASSWORD, &token, &csrf, &phone] {
        assert!(!console[0].contains(secret));
    }
}

/// The bytes of `text` as `Debug` writes those of a parameter.
fn as_bytes(text: &str) -> String {
    text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")
}

/// Loads image and sound of challenges of both APIs. Returns the issued id and both tickets.
async fn fetch_challenges(person: &Person) -> (String, [String; 2]) {
    let issued = person.send(person.request(Method::POST, "/api/v1/challenges")).await.json();
    let id = issued["id"].as_str().unwrap().to_owned();
    for path in ["image", "audio", "nothing", "image/nothing"] {
        person.get(&format!("/api/v1/challenges/{id}/{path}")).await;
    }
    person.get(&format!("/api/v1/challenges/{id}")).await;
    let shown = person.challenge().await;
    let cookie = person.cookie("passport_challenge").unwrap();
    person.get(&format!("/passport/audio_code?cur_id={shown}")).await;
    let ticket = cookie.split_once('.').unwrap().1.to_owned();
    (id.clone(), [id[..21].to_owned(), ticket])
}

#[tokio::test]
async fn otp_8_nothing_secret_is_in_the_log_for_machines() {
    nothing_secret_is_logged(&[("log.format", "json")]).await;
}

#[tokio::test]
async fn otp_8_nothing_secret_is_in_the_log_for_people() {
    nothing_secret_is_logged(&[("log.format", "pretty")]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn otp_8_nothing_secret_is_in_the_log_with_servers() {
    let (redis, postgres) = (redis(), postgres().await);
    let settings = [("store.url", &*redis), ("database.url", &*postgres)];
    nothing_secret_is_logged(&settings).await;
    let settings = [settings[0], settings[1], ("session.store", "store")];
    nothing_secret_is_logged(&settings).await;
}

#[tokio::test]
async fn api_4_no_request_can_write_a_line_of_its_own() {
    for format in ["json", "pretty"] {
        let service = Service::start(&[("log.format", format)]).await;
        let person = Person::new(&service);
        let evil = "x\r\n2026-01-01T00:00:00Z  INFO evil line";
        person.ask_code(evil, evil, evil).await;
        person.ask_code(&phone(), evil, &person.challenge().await).await;
        person.register(&phone(), evil, &format!("{evil} and more")).await;
        person.login(&phone(), evil).await;
        person.get("/x%0d%0aevil%20line").await;
        let agent = person.request(Method::GET, "/nothing");
        let last = person.send(agent.header("X-Forwarded-For", "1.2.3.4\tevil line")).await;
        let log = service.log_up_to(&last).await;
        let evil: Vec<_> = log.lines().filter(|line| line.contains("evil line")).collect();
        assert!(evil.is_empty(), "{evil:?}");
    }
}

#[tokio::test]
async fn api_4_each_decision_is_logged_with_a_masked_number_the_rule_and_the_request() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let reply = person.login(&phone, "wrong password").await;
    let last = person.login(&phone, PASSWORD).await;
    let masked = format!("{}****{}", &phone[..3], &phone[7..]);
    let log = service.log_up_to(&last).await;
    let line = |message: &str| {
        let line = log.lines().find(|line| line.contains(&format!(r#""message":"{message}""#)));
        serde_json::from_str::<serde_json::Value>(line.expect(message)).unwrap()
    };
    for message in ["code sent", "signed up", "not signed in", "signed in"] {
        assert_eq!(line(message)["phone"], masked, "{message}");
    }
    let refused = line("not signed in");
    assert!(line("answered")["milliseconds"].is_number());
    assert_eq!(refused["refusal"], "phone number or password is wrong");
    assert_eq!(refused["span"]["request_id"], reply.header("x-request-id"));
}

#[tokio::test]
async fn o5_the_line_of_each_answer_says_what_was_answered_and_the_request_once() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let replies = [
        person.login(&phone, "wrong password").await,
        person.login("no number", PASSWORD).await,
        person.register(&phone, "123456", PASSWORD).await,
        person.ask_code(&phone, "abcd2", "an unknown id").await,
    ];
    let last = person.get("/healthz").await;
    let log = service.log_up_to(&last).await;
    for reply in replies {
        let id = reply.header("x-request-id");
        let is_it = |line: &&str| line.contains("answered") && line.contains(id);
        let text = log.lines().find(is_it).expect("each answer has a line");
        let line: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(line["errno"], reply.errno(), "{text}");
        assert_eq!(text.matches(id).count(), 1, "{text}");
        assert_eq!(text.matches("client").count(), 1, "{text}");
    }
    let health = log.lines().find(|line| line.contains("/healthz")).unwrap();
    assert!(!health.contains("errno"), "other answers have no errno: {health}");
}

#[tokio::test]
async fn x15_each_decision_is_logged_with_the_client() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let sign_in = person.request(Method::POST, "/passport/login").json(&serde_json::json!({
        "mobile": phone, "password": "wrong password",
    }));
    let last = person.send(sign_in).await;
    let log = service.log_up_to(&last).await;
    let line = log.lines().find(|line| line.contains("not signed in")).expect("it is logged");
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    let answered = log.lines().find(|line| line.contains("answered")).unwrap();
    let answered: serde_json::Value = serde_json::from_str(answered).unwrap();
    let client = line["span"]["client"].as_str().expect("it has a client");
    assert!(client.parse::<std::net::IpAddr>().is_ok(), "{client}");
    assert_eq!(answered["span"]["client"], client);
}
