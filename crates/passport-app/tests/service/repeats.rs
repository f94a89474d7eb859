//! W3: requests that are sent again, because the answer to the first one was lost.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{PASSWORD, Person, Service, phone, until};

/// Sends a request of the person's browser, and closes the connection before the answer. Waits until the
/// log says that the request was carried out.
async fn lose_answer(service: &Service, person: &Person, path: &str, body: Value, event: &str) {
    let count = || service.log().matches(&format!(r#""message":"{event}""#)).count();
    let before = count();
    let cookies = ["csrf_token", "passport_session"]
        .map(|name| person.cookie(name).map(|value| format!("{name}={value}")));
    let cookies: Vec<_> = cookies.into_iter().flatten().collect();
    let (token, body) = (person.cookie("csrf_token").unwrap_or_default(), body.to_string());
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-CSRFToken: {token}\r\n\
         Cookie: {}\r\nContent-Length: {}\r\n\r\n",
        cookies.join("; "),
        body.len()
    );
    let mut socket = TcpStream::connect(service.address()).await.unwrap();
    socket.write_all((head + &body).as_bytes()).await.unwrap();
    drop(socket);
    until(event, async || count() > before).await;
}

#[tokio::test]
async fn w3_a_sign_up_again_succeeds() {
    for store in ["database", "memory:"] {
        let service = Service::start(&[("store.url", store)]).await;
        let (person, phone) = (Person::new(&service), phone());
        let code = person.request_code(&phone).await;
        let body = json!({ "mobile": phone, "sms_code": code, "password": PASSWORD });
        lose_answer(&service, &person, "/passport/register", body, "signed up").await;
        for _ in 0..2 {
            person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
        }
        // Another body gets the usual answers.
        let other = if code == "000000" { "000001" } else { "000000" };
        let gone = ("4002", "短信验证码已经过期");
        person.register(&phone, other, PASSWORD).await.says(gone.0, gone.1);
        person.register(&phone, &code, "another password").await.says(gone.0, gone.1);
        person.register(&crate::support::phone(), &code, PASSWORD).await.says(gone.0, gone.1);
        person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
        person.sign_in(&phone, PASSWORD).await;
    }
}

#[tokio::test]
async fn w3_a_sign_up_can_be_repeated_after_a_crash() {
    let mut service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    let body = json!({ "mobile": phone, "sms_code": code, "password": PASSWORD });
    lose_answer(&service, &person, "/passport/register", body, "signed up").await;
    service.kill();
    let service = Service::start_in(&std::sync::Arc::clone(service.folder()), &[]).await;
    person.go_to(&service);
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn w3_a_code_requested_again_is_refused_with_a_wait_and_the_first_one_is_valid() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let challenge = person.challenge().await;
    let body = json!({ "mobile": phone, "image_code": "abcd2", "image_code_id": challenge });
    lose_answer(&service, &person, "/passport/sms_code", body, "code sent").await;
    let seconds = person.ask_code(&phone, "abcd2", &challenge).await.says_too_many();
    assert!((50..=60).contains(&seconds), "{seconds}");
    let [code] = &person.codes_of(&phone).await[..] else { panic!("one message was sent") };
    person.register(&phone, code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn w3_a_sign_in_and_a_sign_out_again_succeed() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let body = json!({ "mobile": phone, "password": PASSWORD });
    lose_answer(&service, &person, "/passport/login", body, "signed in").await;
    person.sign_in(&phone, PASSWORD).await;
    assert!(person.who_am_i().await.is_some());
    // The session whose token was lost is listed until it expires, and can be ended.
    assert_eq!(sessions(&person).await.len(), 2);

    lose_answer(&service, &person, "/passport/logout", json!({}), "signed out").await;
    assert!(person.who_am_i().await.is_none());
    person.sign_out().await;
}

#[tokio::test]
async fn w3_a_session_that_was_ended_is_ended_again_without_harm() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let other = Person::new(&service);
    other.sign_in(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let ended = sessions(&person).await.into_iter().find(|it| it["current"] == false).unwrap();
    let path = format!("/api/v1/sessions/{}", ended["id"].as_str().unwrap());
    let statuses = [204, 404].map(async |status| {
        let reply = person.send(delete(&person, &path)).await;
        assert_eq!(reply.status.as_u16(), status);
    });
    for status in statuses {
        status.await;
    }
    for _ in 0..2 {
        let reply = person.send(delete(&person, "/api/v1/sessions")).await;
        assert_eq!(reply.json(), json!({ "ended": 0 }));
    }
    assert!(person.who_am_i().await.is_some());
}

async fn sessions(person: &Person) -> Vec<Value> {
    person.get("/api/v1/sessions").await.json()["sessions"].as_array().unwrap().clone()
}

fn delete(person: &Person, path: &str) -> RequestBuilder {
    person.request(Method::DELETE, path)
}
