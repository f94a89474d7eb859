//! Pages of other origins that call `/api/v1` with bearer tokens: `http.allowed_origins`.

use reqwest::Method;

use crate::support::{PASSWORD, Person, Reply, Service, phone};

const SESSION: &str = "/api/v1/session";
const SHOP: &str = "https://shop.example";
const SETTING: (&str, &str) =
    ("http.allowed_origins", "https://shop.example,http://localhost:3000");

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
    for origin in [SHOP, "http://localhost:3000"] {
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
        "null",
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
