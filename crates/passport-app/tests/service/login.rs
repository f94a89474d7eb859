//! `POST /passport/login` and `POST /passport/logout`: every answer.

use std::collections::BTreeSet;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Person, Reply, Service, phone};

const WRONG: (&str, &str) = ("4004", "手机号或密码错误");

#[tokio::test]
async fn each_field_must_be_there_and_not_empty() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    for body in [
        json!({ "mobile": phone }),
        json!({ "password": PASSWORD }),
        json!({ "mobile": "", "password": PASSWORD }),
        json!({ "mobile": phone, "password": "" }),
    ] {
        person.post("/passport/login", body).await.says("4103", "参数不全");
    }
    person.sign_in(&phone, PASSWORD).await;
}

/// Clients of the original do not send the field, and no value of it is refused.
#[tokio::test]
async fn p8_a_person_may_stay_signed_in() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    for (remember, is_kept) in [
        (json!(true), true),
        (json!(false), false),
        (json!(null), false),
        (json!("true"), false),
        (json!([1]), false),
    ] {
        let body = json!({ "mobile": phone, "password": PASSWORD, "remember": remember });
        let reply = person.post("/passport/login", body).await;
        reply.says("0", "登录成功");
        let cookie = reply.cookie("passport_session").unwrap();
        assert_eq!(cookie.contains("Max-Age=2592000"), is_kept, "{remember}: {cookie}");
        assert_eq!(cookie.contains("Max-Age"), is_kept, "{remember}: {cookie}");
    }
}

#[tokio::test]
async fn the_checks_come_in_order() {
    let service = Service::start(&[("limits.login_failures_per_ip_minute", "1")]).await;
    let person = Person::new(&service);
    person.login(&phone(), "wrong password").await.says(WRONG.0, WRONG.1);
    // Order: missing field, bad number, too many failures, password.
    person.login("1", "").await.says("4103", "参数不全");
    person.login("1", "x").await.says("4004", "手机号格式不正确");
    person.login(&phone(), "x").await.says_too_many();
}

#[tokio::test]
async fn enu_2_an_unknown_number_and_a_wrong_password_are_the_same() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    let names =
        |reply: &Reply| reply.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    for wrong in ["wrong password", "x", &"x".repeat(513)] {
        let known = person.login(&phone, wrong).await;
        let unknown = person.login(&crate::support::phone(), wrong).await;
        known.says(WRONG.0, WRONG.1);
        assert_eq!(known.status, unknown.status);
        assert_eq!(known.body, unknown.body);
        assert_eq!(names(&known), names(&unknown));
    }
}

#[tokio::test]
async fn enu_1_requesting_a_code_does_not_reveal_whether_a_number_is_registered() {
    let service = Service::start(&[]).await;
    let (known, unknown) = (phone(), phone());
    Person::new(&service).sign_up(&known, PASSWORD).await;
    // Both numbers have just got a message: the known one for its sign-up.
    Person::new(&service).request_code(&unknown).await;
    let seconds = |reply: Reply| reply.says_too_many();
    let known = seconds(Person::new(&service).try_request_code(&known).await);
    let unknown = seconds(Person::new(&service).try_request_code(&unknown).await);
    assert!(known.abs_diff(unknown) <= 5, "{known} {unknown}");
}

#[tokio::test]
async fn signing_in_shows_the_account_and_signing_out_ends_it() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    assert!(person.who_am_i().await.is_none());
    person.sign_in(&phone, PASSWORD).await;
    let masked = format!("{}****{}", &phone[..3], &phone[7..]);
    assert_eq!(person.who_am_i().await.unwrap()["user"]["nick_name"], masked);
    person.sign_out().await;
    assert!(person.who_am_i().await.is_none());
    assert_eq!(person.cookie("passport_session"), None);
}

#[tokio::test]
async fn the_last_sign_in_is_recorded() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let first = person.who_am_i().await.unwrap();
    person.sign_in(&phone, PASSWORD).await;
    let second = person.who_am_i().await.unwrap();
    let at = |json: &serde_json::Value| json["user"]["last_login_at"].as_str().unwrap().to_owned();
    assert!(at(&first) < at(&second));
    assert_eq!(at(&second), second["session"]["created_at"]);
}

#[tokio::test]
async fn signing_out_needs_no_body_no_media_type_and_no_session() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let post = || person.request(Method::POST, "/passport/logout");
    person.send(post()).await.says("0", "OK");
    person.send(post()).await.says("0", "OK");
    person.send(post().json(&json!({}))).await.says("0", "OK");
    person.send(post().header("Content-Type", "text/plain").body("x")).await.says("0", "OK");
    for token in ["x", "*", &"A".repeat(43), &"x".repeat(3_000)] {
        person.set_cookie("passport_session", token);
        person.send(post()).await.says("0", "OK");
    }
}

#[tokio::test]
async fn parallel_sign_ins_give_each_a_session_of_its_own() {
    let service = Service::start(&[("password.queue", "1000")]).await;
    let phone = phone();
    Person::new(&service).sign_up(&phone, PASSWORD).await;
    let people: Vec<_> = (0..20).map(|_| Person::new(&service)).collect();
    join_all(people.iter().map(|person| person.sign_in(&phone, PASSWORD))).await;
    let tokens: BTreeSet<_> = people.iter().map(|it| it.cookie("passport_session")).collect();
    assert_eq!(tokens.len(), 20);
    people[0].sign_out().await;
    assert!(people[0].who_am_i().await.is_none());
    let others = join_all(people[1..].iter().map(Person::who_am_i)).await;
    assert!(others.iter().all(Option::is_some));
}

#[tokio::test]
async fn pwd_8_a_burst_of_sign_ins_is_refused_in_json_and_the_service_stays_alive() {
    let settings = [("password.cost", "12"), ("password.slots", "1"), ("password.queue", "2")];
    let service = Service::start(&settings).await;
    let person = Person::new(&service);
    let logins = (0..20).map(|_| async { Person::new(&service).login(&phone(), PASSWORD).await });
    let (replies, health) = tokio::join!(join_all(logins), person.get("/healthz"));
    assert_eq!(health.status, 200);
    for reply in &replies {
        let wait = if reply.errno() == "4201" { "5" } else { "" };
        assert_eq!(reply.header("retry-after"), wait, "{reply:?}");
    }
    let answers: Vec<_> = replies.iter().map(Reply::answer).collect();
    let busy = ("4201".to_owned(), "服务繁忙，请稍后再试".to_owned());
    let wrong = (WRONG.0.to_owned(), WRONG.1.to_owned());
    assert!(answers.iter().all(|it| *it == busy || *it == wrong), "{answers:?}");
    assert!(answers.contains(&busy) && answers.contains(&wrong), "{answers:?}");
}
