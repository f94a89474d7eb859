//! Forms that are sent again because their answer was lost.

use std::time::Duration;

use futures::future::join_all;
use reqwest::header;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{code_page, service, type_code, wrong_code};
use crate::support::{
    Account, Api, Filled, PASSWORD, Plain, ROOMY, Reply, Service, TEST_ANSWER, phone, postgres,
    redis, until,
};

/// Sends a form on a connection of its own.
async fn begin(service: &Service, person: &Plain, form: &Filled) -> TcpStream {
    let body = form.encode();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        form.action,
        person.cookies(),
        body.len()
    );
    let mut socket = TcpStream::connect(service.address()).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket
}

/// Sends a form, and loses the answer once the service has written it.
async fn lose(service: &Service, person: &Plain, form: &Filled) {
    let answers = || {
        let log = service.log();
        log.lines().filter(|it| it.contains("answered") && it.contains("POST")).count()
    };
    let before = answers();
    let socket = begin(service, person, form).await;
    until("the form is answered", async || answers() > before).await;
    socket.set_zero_linger().unwrap();
    drop(socket);
}

/// Asserts that `reply` is one that was given before.
#[track_caller]
fn is_replayed(reply: &Reply) {
    assert_eq!(reply.header("idempotency-replayed"), "true", "{reply:?}");
}

#[tokio::test]
async fn idem_1_a_lost_answer_is_had_by_sending_the_form_again() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-in").await;
    let form = page.fill(&[("mobile", &phone), ("picture", TEST_ANSWER)]);
    lose(&service, &person, &form).await;
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    assert_eq!(reply.status, 303);
    assert_eq!(person.person.codes_of(&phone).await.len(), 1, "one message was sent");
    let page = person.follow("", reply).await.is("sign-in-code", 200);
    let form = page.fill(&[("code", &person.code(&phone).await)]);
    lose(&service, &person, &form).await;
    assert!(person.who_am_i().await.is_none(), "the browser has no cookie yet");
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    assert_eq!(reply.header("location"), "/sign-up/password");
    assert!(person.who_am_i().await.is_some(), "the answer has its cookies");
    let page = person.open("/sign-up/password").await;
    let form = page.fill(&[("password", PASSWORD)]);
    lose(&service, &person, &form).await;
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    assert!(person.who_am_i().await.is_some(), "the session has its new token");
}

#[tokio::test]
async fn idem_1_the_answers_of_a_reset_and_of_an_undo_are_had_too() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    api.done(account.number_change(&api, &phone()).await).await;
    let person = Plain::new(&service);
    let page = code_page(&person, "/undo-number", &account.phone).await;
    let form = page.fill(&[("code", &person.code(&account.phone).await)]);
    lose(&service, &person, &form).await;
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    let page = person.follow("", reply).await.is("forgot", 200);
    let page = code_page(&person, &page.address, &account.phone).await;
    let page = type_code(&person, &page, &account.phone).await.is("forgot-password", 200);
    let form = page.fill(&[("password", "another good password")]);
    lose(&service, &person, &form).await;
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    person.follow("", reply).await.is("sign-in-password", 200);
}

#[tokio::test]
async fn idem_1_a_refusal_that_used_something_up_is_told_once_more() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let wrong = page.fill(&[("code", wrong_code(&person, &phone).await)]);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = person.submit(&wrong).await.is("sign-in-code", 422);
        seen.push(page.html.clone());
        page.says("code-error", "This is not the code that we sent. You have 4 more tries.");
    }
    assert!(seen.iter().all(|html| *html == seen[0]), "the same page, with the same form");
    // Its form is another attempt.
    let page = person.submit(&wrong).await;
    let page = person.send(&page, &[("code", wrong_code(&person, &phone).await)]).await;
    page.says("code-error", "This is not the code that we sent. You have 3 more tries.");
}

#[tokio::test]
async fn idem_3_a_form_with_another_field_is_another_call() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in/password").await;
    let wrong = page.fill(&[("mobile", &*account.phone), ("password", "mistyped password")]);
    person.submit(&wrong).await.is("sign-in-password", 401);
    let right = wrong.with("password", PASSWORD);
    let reply = person.answer(person.post(&right)).await;
    assert_eq!((reply.status.as_u16(), reply.header("idempotency-replayed")), (303, ""));
}

#[tokio::test]
async fn idem_3_an_answer_is_for_the_browser_that_has_the_token() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let (person, stranger) = (Plain::new(&service), Plain::new(&service));
    let page = person.open("/sign-in/password").await;
    let form = page.fill(&[("mobile", &*account.phone), ("password", PASSWORD)]);
    lose(&service, &person, &form).await;
    stranger.open("/sign-in").await;
    stranger.submit(&form).await.is("sign-in-password", 403);
    assert!(stranger.who_am_i().await.is_none());
}

/// A second press while the first form is executed gets the answer of that.
#[tokio::test]
async fn idem_2_of_concurrent_forms_one_is_executed() {
    let service = service(&[("password.cost", "11")]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in/password").await;
    let form = page.fill(&[("mobile", &*account.phone), ("password", PASSWORD)]);
    let cookies = person.cookies();
    let send = || person.post(&form).header(header::COOKIE, cookies.clone());
    let replies = join_all((0..6).map(|_| person.person.send_bare(send()))).await;
    let session = |reply: &Reply| reply.cookie("passport_session").unwrap();
    for reply in &replies {
        assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/account"));
        assert_eq!(session(reply), session(&replies[0]), "one session");
    }
    let executed = replies.iter().filter(|it| it.header("idempotency-replayed").is_empty());
    assert_eq!(executed.count(), 1);
}

#[tokio::test]
async fn idem_4_a_form_without_an_id_is_executed_and_not_kept() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in/password").await;
    for attempt in ["", "x", "00000000"] {
        let typed = [("mobile", &*phone()), ("password", PASSWORD), ("attempt", attempt)];
        let form = page.fill(&typed);
        for _ in 0..2 {
            let reply = person.answer(person.post(&form)).await;
            assert_eq!((reply.status.as_u16(), reply.header("idempotency-replayed")), (401, ""));
        }
    }
    // Nor is another picture kept.
    let form = person.open("/sign-in").await.fill(&[("act", "renew")]);
    for _ in 0..2 {
        let reply = person.answer(person.post(&form)).await;
        assert_eq!((reply.status.as_u16(), reply.header("idempotency-replayed")), (200, ""));
    }
}

#[tokio::test]
async fn idem_6_a_form_ends_although_its_browser_is_gone_and_the_service_stops() {
    // Hashing takes longer than the rest of this test.
    let slow = [&ROOMY[..], &[("password.cost", "14"), ("account.passwordless", "false")]].concat();
    let mut service = Service::start(&slow).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-up", &phone).await;
    let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    let form = page.fill(&[("password", PASSWORD)]);
    let arrivals = || service.log().matches("message arrived").count();
    let before = arrivals();
    let socket = begin(&service, &person, &form).await;
    until("the code is spent", async || arrivals() > before).await;
    socket.set_zero_linger().unwrap();
    drop(socket);
    tokio::time::sleep(Duration::from_millis(100)).await;

    assert!(!service.log().contains("signed up"), "the form is under way");
    assert_eq!(service.stop().await.code(), Some(0));
    assert!(service.log().contains("signed up"));
    let service = Service::start_in(service.folder(), &ROOMY).await;
    person.go_to(&service);
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    assert_eq!(reply.header("location"), "/account");
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn idem_9_another_node_gives_the_answer_with_redis_and_postgresql() {
    const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";
    let (redis, postgres) = (redis(), postgres().await);
    let settings = [("store.url", &*redis), ("database.url", &*postgres), ("secret", SECRET)];
    let settings = [&ROOMY[..], &settings].concat();
    let (one, other) = (Service::start(&settings).await, Service::start(&settings).await);
    let (person, phone) = (Plain::new(&one), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let form = page.fill(&[("code", &person.code(&phone).await)]);
    lose(&one, &person, &form).await;
    person.go_to(&other);
    person.open(&page.address).await.is("sign-in-code", 200);
    let reply = person.answer(person.post(&form)).await;
    is_replayed(&reply);
    assert!(person.who_am_i().await.is_some());
}
