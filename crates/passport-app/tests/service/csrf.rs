//! Requests of another site's page.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::{PASSWORD, Person, Service, phone};

const REFUSED: (&str, &str) = ("4201", "非法请求");

fn login(person: &Person, phone: &str) -> RequestBuilder {
    let body = json!({ "mobile": phone, "password": PASSWORD });
    person.request(Method::POST, "/passport/login").json(&body)
}

async fn signed_up(service: &Service) -> (Person, String) {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, PASSWORD).await;
    (person, phone)
}

#[tokio::test]
async fn ses_8_the_token_must_be_repeated_in_the_header() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    let token = person.cookie("csrf_token").unwrap();
    let cookie = format!("csrf_token={token}");
    let post = || login(&person, &phone).header("Cookie", &cookie);
    for header in ["", "0", &token[1..], &format!("{token}0"), &"0".repeat(token.len())] {
        let reply = person.send_bare(post().header("X-CSRFToken", header)).await;
        reply.says(REFUSED.0, REFUSED.1);
        assert_eq!(reply.cookie("passport_session"), None);
    }
    person.send_bare(post()).await.says(REFUSED.0, REFUSED.1);
    person.send_bare(post().header("X-CSRFToken", &token)).await.says("0", "登录成功");
}

#[tokio::test]
async fn ses_8_every_post_is_guarded_and_nothing_is_done() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    person.sign_in(&phone, PASSWORD).await;
    let cookies =
        ["csrf_token", "passport_session"].map(|name| (name, person.cookie(name).unwrap()));
    let cookies = cookies.map(|(name, value)| format!("{name}={value}")).join("; ");
    for path in ["sms_code", "register", "login", "logout", "nothing"] {
        let request = person.request(Method::POST, &format!("/passport/{path}"));
        let reply = person.send_bare(request.header("Cookie", &cookies).json(&json!({}))).await;
        reply.says(REFUSED.0, REFUSED.1);
    }
    assert!(person.who_am_i().await.is_some(), "the session is still valid");
}

#[tokio::test]
async fn a_foreign_origin_is_refused_though_the_token_is_right() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    let port = service.address().port();
    let foreign = [
        "https://evil.test".to_owned(),
        "null".to_owned(),
        String::new(),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{}", port ^ 1),
        format!("http://127.0.0.1:{port}.evil.test"),
        format!("http://evil.test:{port}"),
        format!("http://127.0.0.1:{port}/"),
        format!("HTTP://127.0.0.1:{port}"),
        "http://localhost".to_owned(),
    ];
    for origin in foreign {
        let reply = person.send(login(&person, &phone).header("Origin", &origin)).await;
        assert_eq!(reply.answer(), (REFUSED.0.into(), REFUSED.1.into()), "{origin}");
    }
    let bytes = login(&person, &phone).header("Origin", b"http://\xff".as_slice());
    person.send(bytes).await.says(REFUSED.0, REFUSED.1);
    assert!(person.who_am_i().await.is_none());
}

#[tokio::test]
async fn a_request_from_another_site_is_refused() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    let from = |site: &'static str| login(&person, &phone).header("Sec-Fetch-Site", site);
    person.send(from("cross-site")).await.says(REFUSED.0, REFUSED.1);
    for site in ["same-origin", "none"] {
        person.send(from(site)).await.says("0", "登录成功");
    }
}

#[tokio::test]
async fn a_first_post_without_any_cookie_passes() {
    let service = Service::start(&[]).await;
    let (_, phone) = signed_up(&service).await;
    let newcomer = Person::new(&service);
    let reply = newcomer.send_bare(login(&newcomer, &phone)).await;
    reply.says("0", "登录成功");
    assert!(reply.cookie("csrf_token").is_some(), "the next request is guarded");
    let foreign = login(&newcomer, &phone).header("Origin", "https://evil.test");
    newcomer.send_bare(foreign).await.says(REFUSED.0, REFUSED.1);
}

#[tokio::test]
async fn the_own_origin_passes_by_any_name_of_this_machine_in_development() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let origin = format!("http://{host}:{}", service.address().port());
        person.send(login(&person, &phone).header("Origin", origin)).await.says("0", "登录成功");
    }
}

#[tokio::test]
async fn behind_https_only_the_public_origin_passes() {
    let service = Service::start(&[("http.public_url", "https://passport.test")]).await;
    let (person, phone) = signed_up(&service).await;
    let from = |origin: &str| login(&person, &phone).header("Origin", origin);
    person.send(from("https://passport.test")).await.says("0", "登录成功");
    for origin in ["http://passport.test", "https://www.passport.test", &service.url()] {
        person.send(from(origin)).await.says(REFUSED.0, REFUSED.1);
    }
    let token = person.cookie("__Host-csrf_token").unwrap();
    let unrepeated = login(&person, &phone).header("Cookie", format!("__Host-csrf_token={token}"));
    person.send_bare(unrepeated).await.says(REFUSED.0, REFUSED.1);
}

#[tokio::test]
async fn the_token_stays_and_a_refusal_brings_one() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let refused = person.get("/passport/image_code").await;
    refused.says("4103", "参数不全");
    let token = person.cookie("csrf_token").unwrap();
    person.challenge().await;
    assert_eq!(person.cookie("csrf_token").unwrap(), token);
    let newcomer = Person::new(&service);
    let foreign = login(&newcomer, &phone()).header("Origin", "https://evil.test");
    assert!(newcomer.send(foreign).await.cookie("csrf_token").is_some());
}

/// `/api/v1` protects sessions: a request without a session cookie has nothing to misuse.
#[tokio::test]
async fn ses_8_our_own_api_refuses_another_site_where_a_session_is_at_stake() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    let issue = |person: &Person| person.request(Method::POST, "/api/v1/challenges");
    let foreign = |request: RequestBuilder| request.header("Origin", "https://evil.test");
    assert_eq!(person.send(foreign(issue(&person))).await.status, 201);

    person.sign_in(&phone, PASSWORD).await;
    let cookie = format!("passport_session={}", person.cookie("passport_session").unwrap());
    let bare = || issue(&person).header("Cookie", &cookie);
    for request in [
        foreign(bare()),
        bare().header("Sec-Fetch-Site", "cross-site"),
        bare().header("Sec-Fetch-Site", "same-site"),
        bare().header("X-CSRFToken", "0"),
        bare(),
    ] {
        let reply = person.send_bare(request).await;
        assert_eq!(reply.status, 403, "{reply:?}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!((&problem["code"], &problem["errno"]), (&json!("cross-site"), &json!("4201")));
    }
    let own = bare().header("Origin", service.url());
    assert_eq!(person.send_bare(own).await.status, 201);
    let same_origin = bare().header("Sec-Fetch-Site", "same-origin");
    assert_eq!(person.send_bare(same_origin).await.status, 201);
    assert_eq!(person.send(issue(&person)).await.status, 201, "the token was repeated");
    assert!(person.who_am_i().await.is_some(), "safe methods need no proof");
}

/// A browser sends these without asking the service first, with the cookie where `SameSite` lets it.
#[tokio::test]
async fn ses_8_a_form_of_another_site_is_refused_by_every_path_and_method() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_up(&service).await;
    person.sign_in(&phone, PASSWORD).await;
    let cookie = format!("passport_session={}", person.cookie("passport_session").unwrap());
    for path in ["challenges", "session", "sessions", "nothing"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for media_type in ["application/x-www-form-urlencoded", "text/plain", ""] {
                let request = person.request(method.clone(), &format!("/api/v1/{path}"));
                let request = request.header("Content-Type", media_type).body("{\"a=\":1}");
                let request = request.header("Cookie", &cookie).header("Origin", "null");
                let reply = person.send_bare(request).await;
                assert_eq!(reply.status, 403, "{method} {path} {media_type}");
                assert_eq!(reply.json()["code"], "cross-site");
            }
        }
    }
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn o3_only_in_development_a_refusal_names_the_expected_origin() {
    let service = Service::start(&[("http.public_url", "https://passport.test")]).await;
    let person = Person::new(&service);
    let from = |origin: &str| login(&person, &phone()).header("Origin", origin);
    let refused = person.send_bare(from(&service.url())).await;
    refused.says(REFUSED.0, REFUSED.1);
    assert_eq!(refused.header("x-expected-origin"), "https://passport.test");
    let other_site = from("https://passport.test").header("Sec-Fetch-Site", "cross-site");
    assert_eq!(person.send_bare(other_site).await.header("x-expected-origin"), "");

    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let production = Service::start_bare(&folder, &crate::messages::PRODUCTION).await;
    let person = Person::new(&production);
    let refused = login(&person, &phone()).header("Origin", "https://evil.test");
    let refused = person.send_bare(refused).await;
    refused.says(REFUSED.0, REFUSED.1);
    assert_eq!(refused.header("x-expected-origin"), "");
}

#[tokio::test]
async fn o3_a_refused_origin_is_logged_with_the_allowed_ones_once_a_minute() {
    let service = Service::start(&[("http.public_url", "https://passport.test")]).await;
    let person = Person::new(&service);
    let from = |origin: &str| login(&person, &phone()).header("Origin", origin);
    person.send_bare(from("https://passport.test")).await.says("4004", "手机号或密码错误");
    let mut last = person.send_bare(from("https://www.passport.test")).await;
    for n in 0..5 {
        last = person.send_bare(from(&format!("https://n{n}.evil.test"))).await;
        last.says(REFUSED.0, REFUSED.1);
    }
    let log = service.log_up_to(&last).await;
    let lines = log.lines().filter(|line| line.contains("pages of this origin are refused"));
    let lines: Vec<serde_json::Value> =
        lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = &lines[..] else { panic!("one line a minute: {lines:?}") };
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["origin"], "https://www.passport.test");
    assert_eq!(line["allowed"], "https://passport.test");
    assert!(line["message"].as_str().unwrap().contains("http.public_url"), "{line}");
    assert_eq!(log.matches("cross-site request refused").count(), 6, "each refusal has its line");
}
