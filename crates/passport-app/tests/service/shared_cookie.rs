//! The session cookie of all hosts of a domain: `cookie.domain`.

use reqwest::{Method, header};

use crate::support::{Account, Api, PASSWORD, Plain, Reply, Service};

const SETTINGS: [(&str, &str); 3] = [
    ("http.public_url", "https://id.acme.example"),
    ("cookie.domain", "acme.example"),
    ("apps.shop.origins", "https://shop.acme.example"),
];
const SESSION: &str = "__Secure-passport_session";
const MARK: &str = "__Host-passport_own";
const CSRF: &str = "__Host-csrf_token";

async fn service() -> Service {
    Service::start(&SETTINGS).await
}

async fn signed_in(service: &Service) -> (Plain, Account) {
    let account = Account::with_password(&Api::new(service)).await;
    let person = Plain::new(service);
    let reply = sign_in(&person, &account).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/account"));
    (person, account)
}

async fn sign_in(person: &Plain, account: &Account) -> Reply {
    let page = person.open("/sign-in/password").await;
    let typed = [("mobile", &*account.phone), ("password", PASSWORD), ("remember", "yes")];
    person.answer(person.post(&page.fill(&typed))).await
}

/// Status of `GET` with exactly these cookies.
async fn status(person: &Plain, path: &str, cookies: &[&str]) -> u16 {
    let request = person.request(Method::GET, path).header(header::COOKIE, cookies.join("; "));
    let reply = person.person.send_bare(request).await;
    if reply.status == 303 { 401 } else { reply.status.as_u16() }
}

fn attributes(cookie: &str) -> Vec<&str> {
    let mut attributes: Vec<_> = cookie.split("; ").skip(1).collect();
    attributes.sort_unstable();
    attributes
}

#[tokio::test]
async fn app_4_the_session_cookie_is_for_the_domain_and_every_other_one_for_the_host() {
    let service = service().await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let reply = sign_in(&person, &account).await;
    let session = reply.cookie(SESSION).unwrap();
    let shared = attributes(&session);
    assert_eq!(shared[0], "Domain=acme.example");
    assert!(shared[2].starts_with("Max-Age="), "{shared:?}");
    assert_eq!(
        [&shared[1..2], &shared[3..]].concat(),
        ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    );
    let mark = reply.cookie(MARK).unwrap();
    assert_eq!(attributes(&mark), shared[1..], "as long as the session, and for the host only");
    for name in [CSRF, "__Host-passport_flow_1"] {
        let cookie = reply.cookie(name);
        assert!(cookie.is_none_or(|it| !it.contains("Domain")), "{name}");
    }
    assert!(reply.cookie("__Host-passport_session").is_none());

    let form = person.open("/account").await.is("account", 200).fill(&[]);
    let reply = person.answer(person.post(&form)).await;
    assert!(reply.cookie(SESSION).unwrap().contains("Domain=acme.example"));
    for name in [SESSION, MARK] {
        assert!(reply.cookie(name).unwrap().contains("Max-Age=0"), "{name}");
        assert_eq!(person.cookie(name), None);
    }
    let log = service.log_up_to(&reply).await;
    let said = "every host of acme.example gets the session cookie";
    assert!(log.lines().any(|it| it.contains("\"WARN\"") && it.contains(said)), "{log}");
}

#[tokio::test]
async fn app_4_the_server_of_an_application_asks_who_the_cookie_is() {
    let service = service().await;
    let (person, account) = signed_in(&service).await;
    let shared = format!("{SESSION}={}", person.cookie(SESSION).unwrap());
    let request = person.request(Method::GET, "/api/v1/session").header(header::COOKIE, &shared);
    let reply = person.person.send_bare(request).await;
    assert_eq!(reply.json()["user"]["id"], *account.id);
    // The cookie under its other names is none of this deployment.
    let token = person.cookie(SESSION).unwrap();
    for name in ["__Host-passport_session", "passport_session", "__secure-passport_session"] {
        let other = format!("{name}={token}");
        assert_eq!(status(&person, "/api/v1/session", &[&other]).await, 401, "{name}");
    }
}

/// Another host of the domain can replace the cookie, and can add one that is sent beside it.
#[tokio::test]
async fn app_4_a_planted_session_is_not_that_of_the_person() {
    let service = service().await;
    let (person, account) = signed_in(&service).await;
    let (attacker, _) = signed_in(&service).await;
    let own = &*format!("{SESSION}={}", person.cookie(SESSION).unwrap());
    let mark = &*format!("{MARK}={}", person.cookie(MARK).unwrap());
    let planted = &*format!("{SESSION}={}", attacker.cookie(SESSION).unwrap());
    let (account_page, api) = ("/account", "/api/v1/session");
    assert_eq!(status(&person, account_page, &[own, mark]).await, 200);
    // Replaced: no page shows the account of the attacker, whether or not the mark is still there.
    for cookies in [&[planted, mark][..], &[planted], &[planted, "__Host-passport_own=0f3a"]] {
        assert_eq!(status(&person, account_page, cookies).await, 401, "{cookies:?}");
    }
    assert_eq!(status(&person, api, &[planted, mark]).await, 401);
    let others = &*format!("{MARK}={}", attacker.cookie(MARK).unwrap());
    assert_eq!(status(&person, account_page, &[own, others]).await, 401);
    // Added: the own one counts, in any order and among many.
    for cookies in [[planted, own, mark], [own, planted, mark], [mark, planted, own]] {
        for path in [account_page, api] {
            let request = person.request(Method::GET, path);
            let request = request.header(header::COOKIE, cookies.join("; "));
            let reply = person.person.send_bare(request).await;
            assert_eq!(reply.status, 200, "{path} {cookies:?}");
            assert!(path == account_page || reply.json()["user"]["id"] == *account.id);
        }
    }
    // Without the mark, which only browsers send to this host, nothing tells which of two it is.
    assert_eq!(status(&person, api, &[planted, own]).await, 401);
    // Forms go on as well: their token belongs to the session that counts.
    let page = person.open("/account/name").await.is("account-name", 200);
    let form = page.fill(&[("nick_name", "Zoë")]);
    let cookies = format!("{planted}; {}", person.cookies());
    let request = person.post(&form).header(header::COOKIE, cookies);
    let reply = person.person.send_bare(request).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/account"));
    assert_eq!(person.who_am_i().await.unwrap()["nick_name"], "Zoë");
}

#[tokio::test]
async fn app_4_a_session_that_was_planted_before_the_sign_in_is_not_the_one_that_begins() {
    let service = service().await;
    let (attacker, _) = signed_in(&service).await;
    let planted = attacker.cookie(SESSION).unwrap();
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    person.set_cookie(SESSION, &planted);
    // The page is shown although the cookie is that of a live session.
    let page = person.open("/sign-in/password").await.is("sign-in-password", 200);
    let typed = [("mobile", &*account.phone), ("password", PASSWORD)];
    let reply = person.answer(person.post(&page.fill(&typed))).await;
    assert_eq!(reply.header("location"), "/account");
    assert_ne!(person.cookie(SESSION).unwrap(), planted);
    assert_eq!(person.who_am_i().await.unwrap()["id"], *account.id);
    let planted = format!("{SESSION}={planted}");
    assert_eq!(status(&person, "/api/v1/session", &[&planted]).await, 401, "and it has ended");
}

/// Pages of other hosts send the cookie with their requests. That gives them no authority, also if their
/// origin is that of an application: a fault in one of its pages would be a fault of the account.
#[tokio::test]
async fn app_4_pages_of_other_hosts_change_nothing_with_the_cookie() {
    const SHOP: &str = "https://shop.acme.example";
    let service = service().await;
    let (person, _) = signed_in(&service).await;
    let form = person.open("/account").await.fill(&[]);
    let csrf = person.cookie(CSRF).unwrap();
    for (name, value) in [
        ("Origin", SHOP),
        ("Origin", "https://evil.acme.example"),
        ("Origin", "https://acme.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        for path in ["/api/v1/sessions", "/api/v1/session"] {
            let request = person.request(Method::DELETE, path).header(name, value);
            let reply = person.answer(request.header("X-CSRFToken", &csrf)).await;
            assert_eq!(reply.status, 403, "{path} {name}: {value}");
            assert!(reply.headers.get("access-control-allow-origin").is_none());
        }
        let request = person.request(Method::POST, "/sign-out").header(name, value);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let reply = person.answer(request.body(form.encode())).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
    }
    let request = person.request(Method::GET, "/api/v1/session").header("Origin", SHOP);
    let reply = person.answer(request).await;
    assert!(reply.headers.get("access-control-allow-origin").is_none(), "no script reads it");
    assert!(person.who_am_i().await.is_some());
}
