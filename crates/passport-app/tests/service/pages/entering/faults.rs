//! Bodies that no browser sends, and stores that do not answer: pages, too.

use reqwest::{Method, header};

use super::{code_page, service};
use crate::support::{Account, Api, Gate, PASSWORD, Plain, Service, Shown, phone, postgres, redis};

const PLACES: [(&str, &str); 5] = [
    ("/sign-in", "sign-in"),
    ("/sign-in/password", "sign-in-password"),
    ("/sign-up", "sign-up"),
    ("/forgot", "forgot"),
    ("/undo-number", "undo-number"),
];

async fn send(person: &Plain, path: &str, media_type: &str, body: Vec<u8>) -> Shown {
    let request = person.request(Method::POST, path).header("Sec-Fetch-Site", "same-origin");
    let request = match media_type {
        "" => request,
        media_type => request.header(header::CONTENT_TYPE, media_type),
    };
    let reply = person.answer(request.body(body)).await;
    person.follow(path, reply).await
}

#[tokio::test]
async fn p14_bodies_that_no_browser_sends_are_answered_by_the_page() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let malformed = "The form did not arrive as this page sends it. Try again.";
    let large = "That is more than the server takes. Shorten what you typed.";
    let form = "application/x-www-form-urlencoded";
    for (path, name) in PLACES {
        let token = person.open(path).await.value("csrf_token").unwrap();
        let with = |rest: &str| format!("csrf_token={token}&{rest}").into_bytes();
        let big = with(&format!("mobile={}", "1".repeat(17_000)));
        for (media_type, body, status, said) in [
            ("", with(""), 415, malformed),
            ("application/json", b"{}".to_vec(), 415, malformed),
            ("multipart/form-data; boundary=x", b"--x--".to_vec(), 415, malformed),
            ("text/plain", with("mobile=1"), 415, malformed),
            (form, with("mobile=%FF"), 400, malformed),
            (form, [&with("mobile=")[..], b"\xff\xfe"].concat(), 400, malformed),
            (form, with("mobile=1&mobile=2"), 400, malformed),
            (form, big, 413, large),
        ] {
            let page = send(&person, path, media_type, body).await.is(name, status);
            assert_eq!(page.says("", said).header("cache-control"), "no-store");
        }
        for body in [b"".to_vec(), b"&&&===".to_vec(), b"=%zz&a".to_vec()] {
            send(&person, path, form, body).await.is(name, 403);
        }
        let page = send(&person, path, form, with("")).await.is(name, 422);
        let page = page.says("mobile-error", "Enter your mobile number.");
        assert!(page.value("challenge").is_none_or(|id| !id.is_empty()), "there is a new picture");
    }
}

#[tokio::test]
async fn fields_without_a_meaning_do_no_harm() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-in").await;
    let odd = [("mobile", &*phone), ("picture", "abcd2"), ("x", "\0\u{202e}"), ("country", "<b>")];
    let page = person.send(&page, &odd).await.is("sign-in-code", 200);
    let page = person.open(&page.address.replace("/code", "")).await.is("sign-in", 200);
    assert!(!page.html.contains("<b>"));
    for challenge in ["", "x", "\0", &"A".repeat(5_000)] {
        let typed = [("challenge", challenge), ("picture", "abcd2")];
        let page = person.send(&page, &typed).await;
        page.is("sign-in", 410).says("picture-error", "The picture expired. Here is a new one.");
    }
}

/// What is typed is shown again as text.
#[tokio::test]
async fn x3_typed_values_are_escaped() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in").await;
    let hostile = "\"><script>alert(1)</script>";
    let page = person.send(&page, &[("mobile", hostile), ("picture", hostile)]).await;
    assert!(!page.html.contains("<script>alert"), "{}", page.html);
    assert_eq!(page.value("mobile").as_deref(), Some(hostile));
}

#[tokio::test]
async fn a_body_that_is_too_slow_is_answered_by_the_page() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let service = service(&[]).await;
    let head = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\r\nmobile";
    let mut socket = tokio::net::TcpStream::connect(service.address()).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 64 * 1024];
    let length = socket.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("<!DOCTYPE html>"), "{answer}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn res_1_stores_that_do_not_answer_are_told_by_the_page() {
    let gate = Gate::before(&redis());
    let service = Service::start(&[("store.url", gate.url()), ("session.store", "database")]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let number = person.open("/sign-in").await;
    let password = person.open("/sign-in/password").await;
    let code = code_page(&person, "/sign-in", &phone).await;
    gate.shut();
    let text = "The service does not answer at the moment. Try again later.";
    let sent = person.send(&number, &[("mobile", &phone), ("picture", "abcd2")]).await;
    let sent = sent.is("sign-in", 503).says("", text);
    assert_eq!(sent.value("mobile").as_ref(), Some(&phone));
    let typed = [("mobile", &*phone), ("password", PASSWORD)];
    person.send(&password, &typed).await.is("sign-in-password", 503).says("", text);
    let typed = person.code(&phone).await;
    let page = person.send(&code, &[("code", &typed)]).await.is("sign-in-code", 503);
    let page = page.says("", text);
    gate.open();
    crate::support::until("the store answers", async || {
        let page = person.send(&page, &[("code", &typed)]).await;
        page.status == 200
    })
    .await;
    assert!(person.who_am_i().await.is_some(), "the code was not spent");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn res_1_a_database_that_does_not_answer_is_told_by_the_page() {
    let gate = Gate::before(&postgres().await);
    let settings = [("database.url", gate.url()), ("store.url", "memory:")];
    let service = service(&settings).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let (person, new) = (Plain::new(&service), phone());
    let password = person.open("/sign-in/password").await;
    let known = code_page(&person, "/sign-in", &account.phone).await;
    let fresh = code_page(&person, "/sign-up", &new).await;
    gate.shut();
    let text = "The service does not answer at the moment. Try again later.";
    let typed = [("mobile", &*account.phone), ("password", PASSWORD)];
    let page = person.send(&password, &typed).await.is("sign-in-password", 503);
    page.says("", text);
    for (page, name, number) in
        [(&known, "sign-in-code", &account.phone), (&fresh, "sign-up-code", &new)]
    {
        let code = person.code(number).await;
        person.send(page, &[("code", &code)]).await.is(name, 503).says("", text);
    }
    // Pages without an account need no database.
    person.open("/sign-in").await.is("sign-in", 200);
    gate.open();
    let code = person.code(&new).await;
    crate::support::until("the database answers", async || {
        let page = person.send(&person.open(&fresh.address).await, &[("code", &code)]).await;
        page.address == "/sign-up/password"
    })
    .await;
}
