//! Pages of the applications that call `/api/v1` with bearer tokens: `apps.<name>.origins`.

use reqwest::Method;

use crate::support::{PASSWORD, Person, Reply, Service, phone};

const SESSION: &str = "/api/v1/session";
const SHOP: &str = "https://shop.example";
const SETTING: (&str, &str) = (
    "apps.shop.origins",
    "https://shop.example,http://localhost:3000,capacitor://localhost,http://tauri.localhost",
);

async fn preflight(person: &Person, path: &str, origin: &str) -> Reply {
    let request = person.request(Method::OPTIONS, path).header("Origin", origin);
    let request = request.header("Access-Control-Request-Method", "DELETE");
    person.send_bare(request.header("Access-Control-Request-Headers", "authorization")).await
}

/// Asserts that scripts of `origin`, and only these, may read the answer, and never with a cookie.
#[track_caller]
fn is_readable_by(reply: &Reply, origin: &str) {
    assert_eq!(reply.header("access-control-allow-origin"), origin, "{reply:?}");
    assert!(reply.headers.get("access-control-allow-credentials").is_none());
    let exposed = "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id";
    let expected = if origin.is_empty() { "" } else { exposed };
    assert_eq!(reply.header("access-control-expose-headers"), expected);
}

fn varies_by_origin(reply: &Reply) -> bool {
    reply.headers.get_all("vary").iter().any(|it| it == "Origin")
}

#[tokio::test]
async fn ses_8_an_allowed_origin_is_answered_before_and_after_the_request() {
    let service = Service::start(&[SETTING]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let token = person.cookie("passport_session").unwrap();
    for origin in [SHOP, "http://localhost:3000", "capacitor://localhost", "http://tauri.localhost"]
    {
        let reply = preflight(&person, SESSION, origin).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
        is_readable_by(&reply, origin);
        let methods = reply.header("access-control-allow-methods");
        assert_eq!(methods, "GET, HEAD, POST, PUT, PATCH, DELETE");
        let fields = reply.header("access-control-allow-headers");
        for field in ["Authorization", "Content-Type", "Idempotency-Key"] {
            assert!(fields.split(", ").any(|it| it == field), "{fields}");
        }
        assert_eq!(reply.header("access-control-max-age"), "600");
        assert!(varies_by_origin(&reply));

        let request = person.request(Method::GET, SESSION).header("Origin", origin);
        let reply = person.send_bare(request.bearer_auth(&token)).await;
        assert_eq!(reply.status, 200);
        is_readable_by(&reply, origin);
        let request = person.request(Method::DELETE, "/api/v1/sessions").header("Origin", origin);
        let reply = person.send_bare(request.bearer_auth(&token)).await;
        assert_eq!(reply.status, 200, "an unsafe method passes too");
        is_readable_by(&reply, origin);
        let refused = person.request(Method::GET, SESSION).header("Origin", origin);
        let reply = person.send_bare(refused.bearer_auth("x")).await;
        assert_eq!(reply.status, 401, "a problem is readable");
        is_readable_by(&reply, origin);
    }
}

#[tokio::test]
async fn ses_8_other_origins_get_no_permission() {
    let service = Service::start(&[SETTING]).await;
    let person = Person::new(&service);
    for origin in [
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://shop.example:8443",
        "https://shop.example/",
        "http://shop.example",
        "HTTPS://SHOP.EXAMPLE",
        "https://Shop.example",
        "https://shop.example.",
        "https://shop.example:443",
        "https://shop.example, https://shop.example",
        "https://shop.example https://evil.example",
        "https://evil.example,https://shop.example",
        "https://shop.example#",
        "https://shop.example?",
        "https://shop.example%00",
        "https://shop.example%0d%0aAccess-Control-Allow-Credentials:%20true",
        "https://shop.example@evil.example",
        "https://evil.example\\shop.example",
        "https://xshop.example",
        "https://a.shop.example",
        "https://shop.exampl",
        "shop.example",
        "//shop.example",
        "https:/shop.example",
        "https://localhost:3000",
        "http://localhost",
        "http://localhost:30000",
        "http://127.0.0.1:3000",
        "capacitor://localhost/",
        "capacitor://localhost:80",
        "capacitor://evil",
        "Capacitor://localhost",
        "capacitor://LOCALHOST",
        "capacitor://",
        "ionic://localhost",
        "tauri://localhost",
        "http://evil.tauri.localhost",
        "file://",
        "null",
        "NULL",
        "",
        "*",
    ] {
        let reply = preflight(&person, SESSION, origin).await;
        assert_eq!(reply.status, 405, "{origin}");
        is_readable_by(&reply, "");
        assert!(varies_by_origin(&reply), "a cache must not answer another origin with this");
        let request = person.request(Method::GET, SESSION).header("Origin", origin);
        is_readable_by(&person.send_bare(request).await, "");
    }
    let two = person.request(Method::GET, SESSION).header("Origin", SHOP).header("Origin", SHOP);
    is_readable_by(&person.send_bare(two).await, "");
}

#[tokio::test]
async fn ses_8_a_session_cookie_is_of_no_use_to_an_allowed_origin() {
    let service = Service::start(&[SETTING]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let from_shop = |method, path| person.request(method, path).header("Origin", SHOP);
    let reply = person.send(from_shop(Method::GET, SESSION)).await;
    is_readable_by(&reply, "");
    let reply = person.send(from_shop(Method::DELETE, "/api/v1/sessions")).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (403, &"cross-site".into()));
    is_readable_by(&reply, "");
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn without_the_setting_and_outside_of_the_api_there_is_none_of_it() {
    let (off, on) = (Service::start(&[]).await, Service::start(&[SETTING]).await);
    let (person, other) = (Person::new(&off), Person::new(&on));
    let own = off.url();
    for reply in [
        preflight(&person, SESSION, SHOP).await,
        preflight(&person, SESSION, &own).await,
        preflight(&other, "/passport/login", SHOP).await,
        preflight(&other, "/", SHOP).await,
    ] {
        is_readable_by(&reply, "");
        assert!(!varies_by_origin(&reply) && reply.status != 204, "{reply:?}");
        assert_eq!(reply.header("access-control-allow-methods"), "");
    }
}

/// A page of an origin that is not listed can neither send JSON nor read an answer.
#[tokio::test]
async fn ses_8_a_page_of_another_origin_gets_no_token() {
    const EVIL: &str = "https://evil.example";
    let service = Service::start(&[SETTING]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let preflight = preflight(&person, "/api/v1/sessions", EVIL).await;
    assert_eq!(preflight.status, 405);
    is_readable_by(&preflight, "");
    let body = serde_json::json!({ "mobile": phone, "password": PASSWORD, "transport": "bearer" });
    let sign_in =
        |origin: &str| person.request(Method::POST, "/api/v1/sessions").header("Origin", origin);
    // What a page may send without a question, and without a media type.
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    {
        let mut request = sign_in(EVIL).body(body.to_string());
        if !media_type.is_empty() {
            request = request.header("Content-Type", media_type);
        }
        let reply = person.send_bare(request).await;
        assert_eq!(reply.status, 415, "{media_type}");
        is_readable_by(&reply, "");
    }
    is_readable_by(&person.send_bare(sign_in(EVIL).json(&body)).await, "");
    for origin in [SHOP, "capacitor://localhost"] {
        let reply = person.send_bare(sign_in(origin).json(&body)).await;
        assert_eq!(reply.status, 201, "{origin}");
        is_readable_by(&reply, origin);
        assert!(reply.json()["token"].is_string() && reply.cookie("passport_session").is_none());
    }
}

#[tokio::test]
async fn ses_8_a_session_by_cookie_becomes_no_token_of_another_origin() {
    let service = Service::start(&[SETTING]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let own = service.url();
    let sign_in =
        serde_json::json!({ "mobile": phone, "password": PASSWORD, "transport": "bearer" });
    let confirm = serde_json::json!({ "password": PASSWORD });
    for (path, body) in
        [("/api/v1/sessions", &sign_in), ("/api/v1/session/confirmations", &confirm)]
    {
        for (field, value) in [
            ("Origin", SHOP),
            ("Origin", "capacitor://localhost"),
            ("Origin", "null"),
            ("Sec-Fetch-Site", "same-site"),
            ("Sec-Fetch-Site", "cross-site"),
        ] {
            let request = person.request(Method::POST, path).header(field, value).json(body);
            let reply = person.send(request).await;
            assert_eq!(reply.status, 403, "{path} {field}: {value}");
            assert_eq!(reply.json()["code"], "cross-site");
            is_readable_by(&reply, "");
        }
    }
    // On the own page a proof renews the cookie, and no script sees the token.
    let request = person.request(Method::POST, "/api/v1/session/confirmations");
    let reply = person.send(request.header("Origin", own).json(&confirm)).await;
    assert_eq!(reply.status, 200);
    assert!(reply.json().get("token").is_none() && reply.cookie("passport_session").is_some());
    let token = person.cookie("passport_session").unwrap();
    let both = person.request(Method::GET, SESSION).bearer_auth(token).header("Origin", SHOP);
    let reply = person.send(both).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &"two-credentials".into()));
    is_readable_by(&reply, "");
}
