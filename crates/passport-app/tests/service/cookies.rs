//! Cookies that other applications, other browsers or attackers have written.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, header};
use serde_json::json;

use crate::support::{PASSWORD, Person, Reply, Service, phone};

const REFUSED: (&str, &str) = ("4201", "非法请求");
const HTTPS: (&str, &str) = ("http.public_url", "https://passport.test");

/// A signed-in person, and the values of the session cookie and of the CSRF cookie.
async fn signed_in(service: &Service) -> (Person, String, String) {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let own = |name: &str| {
        person.cookie(name).or_else(|| person.cookie(&format!("__Host-{name}"))).unwrap()
    };
    let (session, token) = (own("passport_session"), own("csrf_token"));
    (person, session, token)
}

/// Status of `GET /api/v1/session` with this `Cookie` field.
async fn status(person: &Person, cookies: impl AsRef<[u8]>) -> u16 {
    let request = person.request(Method::GET, "/api/v1/session");
    let reply = person.send_bare(request.header(header::COOKIE, cookies.as_ref())).await;
    reply.status.as_u16()
}

fn log_out(person: &Person, cookies: impl AsRef<[u8]>) -> RequestBuilder {
    let request = person.request(Method::POST, "/passport/logout");
    request.header(header::COOKIE, cookies.as_ref())
}

#[tokio::test]
async fn w5_an_unreadable_cookie_hides_no_other_one() {
    let service = Service::start(&[]).await;
    let (person, session, token) = signed_in(&service).await;
    let own = format!("passport_session={session}; csrf_token={token}").into_bytes();
    let odd: [&[u8]; 6] = [b"n=\xb1\xb1", b"\xff\xfe", b"n=%", b"=", b"n", b"n=\"a; b"];
    for odd in odd {
        for cookies in [[odd, b"; ", &own].concat(), [&own, &b"; "[..], odd].concat()] {
            assert_eq!(status(&person, &cookies).await, 200);
            // The CSRF cookie counts as well: without its repetition nothing is done.
            let refused = person.send_bare(log_out(&person, &cookies)).await;
            refused.says(REFUSED.0, REFUSED.1);
            assert_eq!(status(&person, &cookies).await, 200, "the session is live");
        }
    }
    let cookies = [b"n=\xb1\xb1; ", &own[..]].concat();
    let repeated = log_out(&person, &cookies).header("X-CSRFToken", &token);
    person.send_bare(repeated).await.says("0", "OK");
    assert_eq!(status(&person, &cookies).await, 401, "the session has ended");
}

#[tokio::test]
async fn x4_a_name_that_is_only_similar_is_another_name() {
    let service = Service::start(&[HTTPS]).await;
    let (person, session, token) = signed_in(&service).await;
    let (other, planted, planted_token) = signed_in(&service).await;
    assert_eq!(status(&other, format!("__Host-passport_session={planted}")).await, 200);
    for name in [
        "%5F%5FHost-passport_session",
        "__Host%2Dpassport_session",
        "__host-passport_session",
        "__Host-passport_session ",
        "passport_session",
        "__Secure-passport_session",
    ] {
        let alone = format!("{name}={planted}");
        assert_eq!(status(&person, &alone).await, 401, "{name}");
        for both in [
            format!("{alone}; __Host-passport_session={session}"),
            format!("__Host-passport_session={session}; {alone}"),
        ] {
            assert_eq!(status(&person, &both).await, 200, "{both}");
        }
    }
    let own = format!("__Host-passport_session={session}; __Host-csrf_token={token}");
    for name in ["%5F%5FHost-csrf_token", "__host-csrf_token", "csrf_token"] {
        let cookies = format!("{name}={planted_token}; {own}");
        let planted = log_out(&person, &cookies).header("X-CSRFToken", &planted_token);
        person.send_bare(planted).await.says(REFUSED.0, REFUSED.1);
    }
    assert_eq!(status(&person, &own).await, 200);
}

#[tokio::test]
async fn x4_of_two_sessions_neither_counts() {
    let service = Service::start(&[]).await;
    let (person, session, _) = signed_in(&service).await;
    let (other, planted, _) = signed_in(&service).await;
    let (own, planted) =
        (format!("passport_session={session}"), format!("passport_session={planted}"));
    for cookies in [format!("{planted}; {own}"), format!("{own}; {planted}")] {
        assert_eq!(status(&person, &cookies).await, 401);
        // Signing out ends both: the second request has the token that the first one got.
        let refused = person.send_bare(log_out(&person, &cookies)).await;
        refused.says(REFUSED.0, REFUSED.1);
    }
    assert_eq!(status(&person, format!("{own}; {own}")).await, 200, "twice the same is one");
    let shapeless = format!("passport_session=x; {own}; passport_session=");
    assert_eq!(status(&person, &shapeless).await, 200, "the others have no form of a token");

    let both = format!("{planted}; {own}");
    let token = person.send_bare(log_out(&person, &both)).await.header("x-csrftoken").to_owned();
    let cookies = format!("{both}; csrf_token={token}");
    person
        .send_bare(log_out(&person, &cookies).header("X-CSRFToken", &token))
        .await
        .says("0", "OK");
    assert_eq!(status(&person, &own).await, 401);
    assert_eq!(status(&other, &planted).await, 401);
}

#[tokio::test]
async fn x4_an_empty_token_proves_nothing() {
    let service = Service::start(&[]).await;
    let (person, session, _) = signed_in(&service).await;
    for cookies in ["csrf_token=", "csrf_token=; csrf_token=\"\"", "csrf_token=%20"] {
        for repeated in ["", " ", "%20", "\"\""] {
            let cookies = format!("passport_session={session}; {cookies}");
            let request = log_out(&person, cookies).header("X-CSRFToken", repeated);
            person.send_bare(request).await.says(REFUSED.0, REFUSED.1);
            let login = json!({ "mobile": phone(), "password": PASSWORD });
            let request = person.request(Method::POST, "/passport/login").json(&login);
            let request = request.header(header::COOKIE, "csrf_token=");
            let reply = person.send_bare(request.header("X-CSRFToken", repeated)).await;
            reply.says(REFUSED.0, REFUSED.1);
        }
    }
    let own = format!("passport_session={session}");
    assert_eq!(status(&person, &own).await, 200);
    // The absence of the cookie proves nothing either, where a session is at stake.
    person.send_bare(log_out(&person, &own)).await.says(REFUSED.0, REFUSED.1);
    person
        .send_bare(log_out(&person, &own).header("X-CSRFToken", ""))
        .await
        .says("4201", REFUSED.1);
    assert_eq!(status(&person, &own).await, 200);
    let by_own_page = log_out(&person, &own).header(header::ORIGIN, service.url());
    person.send_bare(by_own_page).await.says("0", "OK");
}

#[tokio::test]
async fn x4_the_token_belongs_to_the_session_and_is_renewed_at_sign_in() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let before = person.cookie("csrf_token").unwrap();
    let signed_in_reply = person.login(&phone, PASSWORD).await;
    signed_in_reply.says("0", "登录成功");
    let token = person.cookie("csrf_token").unwrap();
    assert_ne!(token, before);
    assert!(token.bytes().all(|it| it.is_ascii_hexdigit()), "the original's reader takes it");
    let (_, _, foreign) = self::signed_in(&service).await;

    let session = person.cookie("passport_session").unwrap();
    let end = |token: &str| {
        let cookies = format!("passport_session={session}; csrf_token={token}");
        log_out(&person, cookies).header("X-CSRFToken", token)
    };
    for token in [&before, &foreign] {
        person.send_bare(end(token)).await.says(REFUSED.0, REFUSED.1);
        let others = person.request(Method::DELETE, "/api/v1/sessions");
        let cookies = format!("passport_session={session}; csrf_token={token}");
        let others = others.header(header::COOKIE, cookies).header("X-CSRFToken", token);
        assert_eq!(person.send_bare(others).await.status, 403);
    }
    assert!(person.who_am_i().await.is_some());
    person.send_bare(end(&token)).await.says("0", "OK");
    assert!(person.who_am_i().await.is_none());
}

#[tokio::test]
async fn x4_signing_out_renews_the_token_and_the_browser_can_sign_in_again() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    for _ in 0..2 {
        person.sign_in(&phone, PASSWORD).await;
        let token = person.cookie("csrf_token");
        person.sign_out().await;
        assert_ne!(person.cookie("csrf_token"), token);
    }
    person.sign_in(&phone, PASSWORD).await;
    let me = person.get("/api/v1/sessions").await.json();
    let id = me["sessions"][0]["id"].as_str().unwrap().to_owned();
    let end = person.request(Method::DELETE, &format!("/api/v1/sessions/{id}"));
    assert_eq!(person.send(end).await.status, 204);
    person.sign_in(&phone, PASSWORD).await;
}

/// A sign-in with these cookies that repeats `token`.
async fn log_in(person: &Person, phone: &str, cookies: &str, token: &str) -> Reply {
    let body = json!({ "mobile": phone, "password": PASSWORD });
    let request = person.request(Method::POST, "/passport/login").json(&body);
    let request = request.header(header::COOKIE, cookies).header("X-CSRFToken", token);
    person.send_bare(request).await
}

#[tokio::test]
async fn w7_a_refused_token_is_replaced_in_the_same_answer() {
    let service = Service::start(&[]).await;
    let phone = phone();
    Person::new(&service).sign_up(&phone, PASSWORD).await;
    let person = Person::new(&service);
    // Read by the page, hidden from it (`HttpOnly`), or doubled.
    for (planted, seen) in [
        ("csrf_token=abc123", "abc123"),
        ("csrf_token=abc123", ""),
        ("csrf_token=abc123; csrf_token=def456", "def456"),
    ] {
        let refused = log_in(&person, &phone, planted, seen).await;
        refused.says(REFUSED.0, REFUSED.1);
        let fresh = refused.header("x-csrftoken").to_owned();
        let cookie = refused.cookie("csrf_token").unwrap();
        assert_eq!(cookie, format!("csrf_token={fresh}; SameSite=Lax; Path=/"));
        // With the path of the planted cookie the new one takes its place; with another path the
        // browser sends both.
        for cookies in [format!("csrf_token={fresh}"), format!("{planted}; csrf_token={fresh}")] {
            log_in(&person, &phone, &cookies, &fresh).await.says("0", "登录成功");
            log_in(&person, &phone, &cookies, "abc123").await.says(REFUSED.0, REFUSED.1);
        }
    }
}

#[tokio::test]
async fn w7_a_picture_replaces_a_token_that_was_not_issued() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    person.set_cookie("csrf_token", "abc123");
    person.challenge().await;
    assert_ne!(person.cookie("csrf_token").unwrap(), "abc123");
    person.try_request_code(&phone()).await.says("0", "发送成功");
}

#[tokio::test]
async fn w7_our_own_api_replaces_it_too() {
    let service = Service::start(&[]).await;
    let (person, session, _) = signed_in(&service).await;
    let end_others = |cookies: String, token: &str| {
        let request = person.request(Method::DELETE, "/api/v1/sessions");
        request.header(header::COOKIE, cookies).header("X-CSRFToken", token)
    };
    let planted = format!("passport_session={session}; csrf_token=abc123");
    let refused = person.send_bare(end_others(planted.clone(), "abc123")).await;
    assert_eq!(refused.status, 403);
    let fresh = refused.header("x-csrftoken").to_owned();
    assert!(refused.cookie("csrf_token").unwrap().starts_with(&format!("csrf_token={fresh};")));
    let again = end_others(format!("{planted}; csrf_token={fresh}"), &fresh);
    assert_eq!(person.send_bare(again).await.status, 200);
}

/// Each session token costs a look into the store when signing out.
#[tokio::test]
async fn x4_thousands_of_cookies_cost_no_more_than_a_few() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let many: Vec<_> = (0..500).map(|n| format!("passport_session={n:0>42}A")).collect();
    let since = Instant::now();
    for _ in 0..20 {
        person.send_bare(log_out(&person, many.join("; "))).await.says("0", "OK");
        assert_eq!(status(&person, many.join("; ")).await, 401);
    }
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}
