//! What passport answers to the subrequests of proxies.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, redirect::Policy};
use serde_json::json;

use tokio::time::sleep;

use super::scene::{SETTINGS, TOLD};
use crate::support::{Account, Api, Call, ROOMY, Reply, Service, until};

/// A proxy that follows no redirect.
struct Proxy {
    http: Client,
    url: String,
}

impl Proxy {
    fn of(service: &Service) -> Self {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { http, url: service.url() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    async fn send(&self, request: RequestBuilder) -> Reply {
        Reply::to(request).await.expect("the service answers")
    }
}

/// A question as Traefik and Caddy send it, about a request for `https://app.example.org/a?b=c&d`.
fn asked(proxy: &Proxy, parameters: &str) -> RequestBuilder {
    proxy
        .request(Method::GET, &format!("/forward-auth{parameters}"))
        .header("X-Forwarded-Method", "GET")
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-Host", "app.example.org")
        .header("X-Forwarded-Uri", "/a?b=c&d")
}

/// As an Envoy asks, which appends the path.
fn asked_by_envoy(proxy: &Proxy, method: Method, parameters: &str) -> RequestBuilder {
    proxy
        .request(method, &format!("/forward-auth/{parameters}/a?b=c&d"))
        .header("Host", "app.example.org")
        .header("X-Forwarded-Proto", "https")
}

const SIGN_IN: &str = "https://auth.example.org/sign-in?return_to=\
                       https%3A%2F%2Fapp.example.org%2Fa%3Fb%3Dc%26d";

async fn scene(more: &[(&str, &str)]) -> (Service, Proxy, Account) {
    let settings: Vec<_> = ROOMY.into_iter().chain(SETTINGS).chain(more.iter().copied()).collect();
    let service = Service::start(&settings).await;
    let (proxy, account) = (Proxy::of(&service), Account::with_password(&Api::new(&service)).await);
    (service, proxy, account)
}

/// Asserts what holds for each answer.
#[track_caller]
fn is_kept_from_caches_and_sets_no_cookie(reply: &Reply) {
    assert_eq!(reply.header("cache-control"), "no-store", "{reply:?}");
    assert!(reply.headers.get("set-cookie").is_none(), "{reply:?}");
    let told = reply.headers.keys().any(|name| TOLD.iter().any(|it| name == *it));
    assert_eq!(told, reply.status == 200, "{reply:?}");
}

/// A thread of its own reads the log.
async fn is_logged(service: &Service, text: &str) {
    until(text, async || service.log().contains(text)).await;
}

#[tokio::test]
async fn fwd_1_a_session_is_told_by_cookie_and_bearer_whatever_the_method() {
    let (service, proxy, account) = scene(&[]).await;
    let session =
        Api::new(&service).done(Call::new(Method::GET, "/session").by(&account.token)).await;
    let session = session.json()["session"].clone();
    let cookie = format!("__Secure-passport_session={}", account.token);
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PROPFIND"] {
        let method: Method = method.parse().unwrap();
        for parameters in ["-", "on_deny=302", "fresh=300&methods=password"] {
            let own = |request: RequestBuilder| request.header("Origin", "https://app.example.org");
            let by_cookie = own(asked_by_envoy(&proxy, method.clone(), parameters));
            let by_bearer = asked_by_envoy(&proxy, method.clone(), parameters);
            for request in
                [by_cookie.header("Cookie", &cookie), by_bearer.bearer_auth(&account.token)]
            {
                let reply = proxy.send(request).await;
                assert_eq!(
                    (reply.status.as_u16(), reply.body.len()),
                    (200, 0),
                    "{method} {reply:?}"
                );
                is_kept_from_caches_and_sets_no_cookie(&reply);
                assert_eq!(reply.header("x-passport-user"), account.id);
                assert_eq!(reply.header("x-passport-session"), session["id"]);
                assert_eq!(reply.header("x-passport-methods"), "password");
                let at = reply.header("x-passport-authenticated-at");
                let exact = session["authenticated_at"].as_str().unwrap();
                assert!(
                    at.ends_with('Z') && exact.starts_with(&at[..at.len() - 1]),
                    "{at}: {exact}"
                );
                for name in ["x-passport-nick", "x-passport-mobile"] {
                    assert!(reply.headers.get(name).is_none(), "{name} is told on request only");
                }
            }
        }
    }
    let request = asked(&proxy, "?fresh=300").header("Cookie", &cookie);
    assert_eq!(proxy.send(request).await.status, 200);
}

#[tokio::test]
async fn fwd_1_name_and_number_are_told_if_the_settings_say_so() {
    let (service, proxy, account) =
        scene(&[("forward_auth.nick_name", "true"), ("forward_auth.mobile", "true")]).await;
    let named = Call {
        method: Method::PATCH,
        ..Call::post("/me", json!({ "nick_name": "李 é/%\u{1f600}" }))
    };
    Api::new(&service).done(named.by(&account.token)).await;
    let reply = proxy.send(asked(&proxy, "").bearer_auth(&account.token)).await;
    assert_eq!(reply.header("x-passport-nick"), "%E6%9D%8E%20%C3%A9%2F%25%F0%9F%98%80");
    assert_eq!(reply.header("x-passport-mobile"), format!("+86{}", account.phone));
}

#[tokio::test]
async fn fwd_3_a_visitor_is_refused_or_sent_to_the_sign_in_and_back() {
    let (_service, proxy, account) = scene(&[]).await;
    let refused = proxy.send(asked(&proxy, "")).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["code"], "not-signed-in");
    assert_eq!(refused.header("x-passport-sign-in"), SIGN_IN);
    is_kept_from_caches_and_sets_no_cookie(&refused);
    let same = proxy.send(asked(&proxy, "?on_deny=401")).await;
    assert_eq!((same.status, same.json()), (refused.status, refused.json()));

    let redirects =
        [asked(&proxy, "?on_deny=302"), asked_by_envoy(&proxy, Method::GET, "on_deny=302")];
    for request in redirects {
        let reply = proxy.send(request.header("Sec-Fetch-Mode", "navigate")).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (302, SIGN_IN));
        is_kept_from_caches_and_sets_no_cookie(&reply);
    }
    // A script could not follow, and an application has no page.
    for (name, value) in [
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Mode", "websocket"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("X-Original-Method", "POST"),
        ("Authorization", "Bearer x"),
    ] {
        let reply = proxy.send(asked(&proxy, "?on_deny=302").header(name, value)).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (401, ""), "{name}");
        assert_eq!(reply.header("x-passport-sign-in"), "", "{name}");
    }
    let token = &account.token;
    let both = asked(&proxy, "").bearer_auth(token);
    let both = both.header("Cookie", format!("__Secure-passport_session={token}"));
    assert_eq!(proxy.send(both).await.json()["code"], "two-credentials");
}

/// The address behind the sign-in for a question with these fields.
async fn way_back(proxy: &Proxy, fields: &[(&str, &str)]) -> String {
    let request = proxy.request(Method::GET, "/forward-auth?on_deny=302");
    let method = request.header("X-Forwarded-Method", "GET");
    let request =
        fields.iter().fold(method, |request, (name, value)| request.header(*name, *value));
    let reply = proxy.send(request).await;
    assert_eq!(reply.status, 302, "{fields:?}");
    let location = reply.header("location").to_owned();
    location.strip_prefix("https://auth.example.org/sign-in").expect("it is the sign-in").to_owned()
}

#[tokio::test]
async fn fwd_4_a_way_back_leads_to_an_application_only() {
    let (_service, proxy, _) = scene(&[]).await;
    let good = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "app.example.org")];
    assert_ne!(way_back(&proxy, &[good[0], good[1], ("X-Forwarded-Uri", "/")]).await, "");
    assert_ne!(way_back(&proxy, &[("X-Original-URL", "https://app.example.org/")]).await, "");
    for host in [
        "evil.example",
        "app.example.org.evil.example",
        "app.example.org@evil.example",
        "evil.example/app.example.org",
        "evil.example#app.example.org",
        "evil.example?app.example.org",
        "evil.example\\app.example.org",
        "app.example.org:444",
        "app.example.org, evil.example",
        "sub.app.example.org",
        "ａpp.example.org",
        "",
    ] {
        let fields = [good[0], ("X-Forwarded-Host", host), ("X-Forwarded-Uri", "/")];
        assert_eq!(way_back(&proxy, &fields).await, "", "{host}");
        let url = format!("https://{host}/");
        assert_eq!(way_back(&proxy, &[("X-Original-URL", &url)]).await, "", "{url}");
    }
    for uri in [
        "//evil.example",
        "@evil.example/",
        ".evil.example/",
        "https://evil.example/",
        "\\evil",
        "*",
    ] {
        let back = way_back(&proxy, &[good[0], good[1], ("X-Forwarded-Uri", uri)]).await;
        let host = "?return_to=https%3A%2F%2Fapp.example.org%2F";
        assert!(back.is_empty() || back.starts_with(host), "{uri}: {back}");
    }
    for proto in ["http", "ftp", "javascript", "https://evil.example/?", "https, https"] {
        let fields = [("X-Forwarded-Proto", proto), good[1], ("X-Forwarded-Uri", "/")];
        assert_eq!(way_back(&proxy, &fields).await, "", "{proto}");
    }
    let twice = [good[0], good[1], ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Uri", "/")];
    assert_eq!(way_back(&proxy, &twice).await, "", "two hosts");
}

#[tokio::test]
async fn fwd_3_who_returns_has_the_cookie() {
    // Otherwise the sign-in, which finds a session, and the application send a person round in circles.
    let origins = [("apps.other.origins", "https://app.example.net")];
    let (service, proxy, _) = scene(&origins).await;
    for (host, returns) in
        [("app.example.org", true), ("auth.example.org", true), ("app.example.net", false)]
    {
        let url = format!("https://{host}/");
        let back = way_back(&proxy, &[("X-Original-URL", &url)]).await;
        assert_eq!(!back.is_empty(), returns, "{host}: {back}");
    }
    is_logged(&service, "its host does not get the session cookie").await;
}

#[tokio::test]
async fn fwd_2_a_person_whose_proof_is_old_is_sent_to_confirm_and_back() {
    let (_service, proxy, account) = scene(&[]).await;
    let cookie = format!("__Secure-passport_session={}", account.token);
    sleep(Duration::from_millis(2_100)).await;
    let question = "?on_deny=302&fresh=1";
    let reply = proxy.send(asked(&proxy, question).header("Cookie", &cookie)).await;
    let place = SIGN_IN.replace("/sign-in?", "/account/confirm?");
    assert_eq!((reply.status.as_u16(), reply.header("location")), (302, &*place));
    is_kept_from_caches_and_sets_no_cookie(&reply);
    for (parameters, field) in [
        ("?fresh=1", "x-other"),
        (question, "sec-websocket-key"),
        // The page asks for a password, which would change nothing.
        ("?on_deny=302&methods=code", "x-other"),
    ] {
        let request = asked(&proxy, parameters).header("Cookie", &cookie).header(field, "1");
        let request = request.header("Origin", "https://app.example.org");
        let reply = proxy.send(request).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (403, ""), "{parameters}");
    }
}

#[tokio::test]
async fn fwd_4_a_stranger_is_not_taken_for_the_proxy() {
    let (service, proxy, account) = scene(&[("http.trusted_proxies", "192.0.2.1/32")]).await;
    let all = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "app.example.org"),
        ("X-Forwarded-Uri", "/"),
        ("X-Original-URL", "https://app.example.org/"),
    ];
    assert_eq!(way_back(&proxy, &all).await, "");
    is_logged(&service, "people are sent to the sign-in and will not return").await;
    let change =
        asked_by_envoy(&proxy, Method::POST, "-").header("Origin", "https://app.example.org");
    let change = change.header("Cookie", format!("__Secure-passport_session={}", account.token));
    assert_eq!(proxy.send(change).await.json()["code"], "cross-site");
}

#[tokio::test]
async fn fwd_2_a_question_that_is_not_understood_is_refused_with_a_session_too() {
    let (service, proxy, account) = scene(&[]).await;
    for path in
        ["?fresch=300", "?fresh=", "?on_deny=200", "?x", "?factor=2", "/", "/x", "/a/b", "/x=y/a"]
    {
        let request = asked(&proxy, path).bearer_auth(&account.token);
        let reply = proxy.send(request).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (400, &json!("query-invalid")),
            "{path}"
        );
        is_kept_from_caches_and_sets_no_cookie(&reply);
    }
    let bare = proxy.request(Method::GET, "/forward-auth");
    let bare = bare.header("Cookie", format!("__Secure-passport_session={}", account.token));
    assert_eq!(proxy.send(bare).await.json()["code"], "original-unknown");
    is_logged(&service, "in a form that is not understood").await;
    for unmet in ["?methods=code", "?methods=password,totp"] {
        let reply = proxy.send(asked(&proxy, unmet).bearer_auth(&account.token)).await;
        assert_eq!(reply.json()["code"], "confirmation-required", "{unmet}");
    }
    let reply =
        proxy.send(asked(&proxy, "?methods=password,totp").bearer_auth(&account.token)).await;
    assert_eq!(reply.json()["accepted"], json!(["totp"]));
}

#[tokio::test]
async fn fwd_5_a_change_of_another_site_is_refused() {
    let (_service, proxy, account) = scene(&[]).await;
    let cookie = format!("__Secure-passport_session={}", account.token);
    for (origin, status) in [("https://app.example.org", 200), ("https://evil.example", 403)] {
        let change = asked(&proxy, "").header("X-Original-Method", "POST");
        let change = change.header("Origin", origin).header("Cookie", &cookie);
        let reply = proxy.send(change).await;
        assert_eq!(reply.status, status, "{origin}");
        is_kept_from_caches_and_sets_no_cookie(&reply);
    }
}

#[tokio::test]
async fn fwd_1_the_path_of_an_application_is_not_logged() {
    let (service, proxy, _) = scene(&[]).await;
    let reply = proxy.send(asked_by_envoy(&proxy, Method::GET, "-")).await;
    let request = proxy.request(Method::GET, "/forward-auth/-/reset/secret-of-the-application");
    let reply_to_secret = proxy.send(request).await;
    service.log_up_to(&reply).await;
    let log = service.log_up_to(&reply_to_secret).await;
    assert!(!log.contains("secret-of-the-application") && log.contains("/forward-auth/…"));
}
