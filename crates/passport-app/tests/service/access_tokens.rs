//! Access tokens for applications, their keys, and introspection.

use std::time::{Duration, Instant};

use passport_token::{TokenError, Verifier, VerifyError};
use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{
    Account, Api, Call, PASSWORD, Person, ROOMY, Reply, Service, phone, postgres, redis, run,
};

const TOKENS: &str = "/api/v1/session/tokens";
const INTROSPECT: &str = "/api/v1/session/introspect";
const KEYS: &str = "/.well-known/jwks.json";
const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

const APPS: [(&str, &str); 4] = [
    ("secret", SECRET),
    ("apps.shop.audience", "shop"),
    ("apps.bank.audience", "https://bank.example"),
    ("apps.bank.token_mobile", "true"),
];

async fn service() -> (Service, Api) {
    let service = Service::start(&[&ROOMY[..], &APPS].concat()).await;
    let api = Api::new(&service);
    (service, api)
}

fn issue(audience: &str) -> Call {
    Call::post("/session/tokens", json!({ "audience": audience }))
}

async fn token(api: &Api, account: &Account, audience: &str) -> String {
    let reply = api.done(issue(audience).by(&account.token)).await;
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

async fn introspected(api: &Api, token: &str) -> Value {
    api.done(Call::post("/session/introspect", json!({ "token": token }))).await.json()
}

async fn is_active(api: &Api, token: &str) -> bool {
    introspected(api, token).await["active"].as_bool().unwrap()
}

async fn get(service: &Service, path: &str) -> Reply {
    Reply::to(Client::new().get(format!("{}{path}", service.url()))).await.unwrap()
}

fn is_problem(reply: &Reply, status: StatusCode, code: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.json()["code"], code);
}

#[tokio::test]
async fn tok_1_an_application_verifies_a_token_by_itself() {
    let (service, api) = service().await;
    let account = Account::with_password(&api).await;
    let reply = api.done(issue("shop").by(&account.token)).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    let body = reply.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(600)));
    let text = body["access_token"].as_str().unwrap();

    let verifier = Verifier::new(&service.url(), "shop").unwrap();
    let claims = verifier.verify(text).await.unwrap();
    assert_eq!((&*claims.subject, &*claims.client), (&*account.id, "shop"));
    assert_eq!((claims.methods, claims.phone_number), (vec!["pwd".to_owned()], None));
    let bank = Verifier::new(&service.url(), "https://bank.example").unwrap();
    let refused = bank.verify(text).await;
    assert!(matches!(refused, Err(VerifyError::Refused(TokenError::Audience))), "{refused:?}");
    let text = token(&api, &account, "https://bank.example").await;
    let claims = bank.verify(&text).await.unwrap();
    assert_eq!(claims.phone_number, Some(format!("+86{}", account.phone)));
    let log = service.log_up_to(&get(&service, "/healthz").await).await;
    assert!(!log.contains(&text) && !log.contains(text.rsplit('.').next().unwrap()), "no token");
}

#[tokio::test]
async fn tok_1_a_token_for_an_application_is_no_session() {
    let (service, api) = service().await;
    let account = Account::with_password(&api).await;
    let token = token(&api, &account, "shop").await;
    for (method, path) in [
        (Method::GET, "/session"),
        (Method::GET, "/sessions"),
        (Method::GET, "/me"),
        (Method::GET, "/me/export"),
        (Method::DELETE, "/sessions"),
        (Method::DELETE, "/me"),
        (Method::POST, "/session/tokens"),
    ] {
        let mut call = Call::new(method.clone(), path).by(&token);
        if method == Method::POST {
            call.body = Some(json!({ "audience": "shop" }));
        }
        is_problem(&api.send(&call).await, StatusCode::UNAUTHORIZED, "not-signed-in");
    }
    let person = Person::new(&service);
    person.set_cookie("passport_session", &token);
    let reply = person.get("/api/v1/session").await;
    is_problem(&reply, StatusCode::UNAUTHORIZED, "not-signed-in");
    let proxy = person.request(Method::GET, "/forward-auth").bearer_auth(&token);
    assert_eq!(person.send_bare(proxy).await.status, StatusCode::UNAUTHORIZED);
    assert!(api.is_signed_in(&account.token).await);
}

#[tokio::test]
async fn tok_1_an_ended_session_gets_no_token() {
    let (_service, api) = service().await;
    let account = Account::with_password(&api).await;
    let token = token(&api, &account, "shop").await;
    assert!(is_active(&api, &token).await);
    api.done(Call::new(Method::DELETE, "/session").by(&account.token)).await;
    let reply = api.send(&issue("shop").by(&account.token)).await;
    is_problem(&reply, StatusCode::UNAUTHORIZED, "not-signed-in");
    is_problem(&api.send(&issue("shop")).await, StatusCode::UNAUTHORIZED, "not-signed-in");
    assert!(!is_active(&api, &token).await, "at once");
}

#[tokio::test]
async fn tok_1_unknown_audiences_are_refused_with_what_to_do() {
    let (_service, api) = service().await;
    let account = Account::with_password(&api).await;
    for audience in ["", "Shop", "shop ", "bank", "*"] {
        let reply = api.send(&issue(audience).by(&account.token)).await;
        is_problem(&reply, StatusCode::UNPROCESSABLE_ENTITY, "audience-unknown");
    }
    for body in [json!({}), json!({ "audience": ["shop"] }), json!({ "audience": "shop", "x": 1 })]
    {
        let reply = api.send(&Call::post("/session/tokens", body).by(&account.token)).await;
        is_problem(&reply, StatusCode::BAD_REQUEST, "body-invalid");
    }
}

#[tokio::test]
async fn tok_1_a_cookie_gets_tokens_for_pages_of_the_service_only() {
    let (service, _) = service().await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let reply = person.post(TOKENS, json!({ "audience": "shop" })).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let cookie = format!("passport_session={}", person.cookie("passport_session").unwrap());
    for (name, value) in [("origin", "https://attacker.example"), ("sec-fetch-site", "cross-site")]
    {
        let request = person.request(Method::POST, TOKENS).header(header::COOKIE, &cookie);
        let request = request.header(name, value).json(&json!({ "audience": "shop" }));
        is_problem(&person.send_bare(request).await, StatusCode::FORBIDDEN, "cross-site");
    }
}

#[tokio::test]
async fn tok_1_introspection_tells_what_a_good_token_says() {
    let (service, api) = service().await;
    let account = Account::with_password(&api).await;
    let token = token(&api, &account, "shop").await;
    let said = introspected(&api, &token).await;
    assert_eq!(said["active"], true);
    assert_eq!((&said["sub"], &said["aud"]), (&json!(account.id), &json!("shop")));
    assert_eq!(said["exp"].as_u64().unwrap() - said["iat"].as_u64().unwrap(), 600);
    // As libraries for RFC 7662 ask.
    let form = |body: String| {
        Client::new()
            .post(format!("{}{INTROSPECT}", service.url()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    };
    let reply =
        Reply::to(form(format!("token={token}&token_type_hint=access_token"))).await.unwrap();
    assert_eq!(reply.json(), said);
    for (body, status) in [
        (format!("token={token}&token={token}"), 400),
        ("token_type_hint=access_token".to_owned(), 400),
        ("token=".to_owned(), 200),
        ("token=%ff%00".to_owned(), 200),
    ] {
        let reply = Reply::to(form(body.clone())).await.unwrap();
        assert_eq!(reply.status.as_u16(), status, "{body}: {}", reply.text());
    }
    // No oracle: every other text is answered alike, a live session token too.
    for other in ["", "x", &account.token, &token[..token.len() - 1], &account.id] {
        assert_eq!(introspected(&api, other).await, json!({ "active": false }), "{other}");
    }
    let long = Call::post("/session/introspect", json!({ "token": "x".repeat(1 << 20) }));
    is_problem(&api.send(&long).await, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn tok_1_a_proxy_passes_a_token_of_a_minute_if_it_asks() {
    let (service, api) = service().await;
    let account = Account::with_password(&api).await;
    let ask = async |parameters: &str| {
        let url = format!("{}/forward-auth{parameters}", service.url());
        Reply::to(Client::new().get(url).bearer_auth(&account.token)).await.unwrap()
    };
    let reply = ask("?token=shop").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let verifier = Verifier::new(&service.url(), "shop").unwrap();
    let claims = verifier.verify(reply.header("x-passport-token")).await.unwrap();
    assert_eq!((&*claims.subject, claims.expires_at - claims.issued_at), (&*account.id, 60));
    assert!(ask("").await.headers.get("x-passport-token").is_none());
    is_problem(&ask("?token=nowhere").await, StatusCode::UNPROCESSABLE_ENTITY, "audience-unknown");
    is_problem(&ask("?token=").await, StatusCode::BAD_REQUEST, "query-invalid");
}

#[tokio::test]
async fn tok_3_the_keys_are_public_and_cached() {
    let (service, _) = service().await;
    let reply = get(&service, KEYS).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), "application/jwk-set+json");
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert!(reply.headers.get(header::SET_COOKIE).is_none());
    let keys = reply.json()["keys"].as_array().unwrap().clone();
    let [key] = &*keys else { panic!("{keys:?}") };
    let members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"], "nothing private");
    let tag = reply.header("etag").to_owned();
    let url = format!("{}{KEYS}", service.url());
    let again = Client::new().get(&url).header(header::IF_NONE_MATCH, &tag);
    let again = Reply::to(again).await.unwrap();
    assert_eq!((again.status, again.text()), (StatusCode::NOT_MODIFIED, String::new()));
    assert_eq!(again.header("cache-control"), "public, max-age=300");
    let head = Reply::to(Client::new().head(&url)).await.unwrap();
    assert_eq!((head.status, head.header("etag")), (StatusCode::OK, &*tag));
    let none = Service::start(&[("secret", SECRET)]).await;
    assert_eq!(get(&none, KEYS).await.json(), json!({ "keys": [] }));
}

#[tokio::test]
async fn tok_3_a_key_is_renewed_by_a_command_while_the_service_runs() {
    let settings = [&ROOMY[..], &APPS, &[("tokens.algorithm", "es256")]].concat();
    let service = Service::start(&settings).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let former = token(&api, &account, "shop").await;
    let verifier = Verifier::new(&service.url(), "shop").unwrap();
    verifier.verify(&former).await.unwrap();
    let command = |arguments: &[&str]| run(service.folder().path(), &settings, arguments);
    let made = command(&["keys", "rotate", "token", "--now", "--json", "--as", "eve"]).json();
    assert_eq!(
        (&made["key"]["stage"], &made["key"]["algorithm"]),
        (&json!("published"), &json!("ES256"))
    );
    let id = made["key"]["id"].as_str().unwrap();
    sleep(Duration::from_secs(11)).await;
    let keys = get(&service, KEYS).await.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    let new = token(&api, &account, "shop").await;
    assert_ne!(new.split('.').next(), former.split('.').next());
    // The verifier does not know the new key yet, and asks for it.
    verifier.verify(&new).await.unwrap();
    verifier.verify(&former).await.unwrap();
    let listed = command(&["keys", "list", "--json"]).json();
    assert_eq!(listed["keys"][0]["stage"], "verifying");
    assert_eq!(
        (&listed["keys"][1]["id"], &listed["keys"][1]["stage"]),
        (&json!(id), &json!("signing"))
    );
    let first = listed["keys"][0]["id"].as_str().unwrap();
    command(&["keys", "retire", &first[..8], "--yes"]).good();
    let refused = command(&["keys", "retire", id, "--yes"]).failed(1);
    assert!(refused.contains("passport keys rotate token --now"), "{refused}");
    // One id in 64 begins with a hyphen, and some with that of an option.
    for unknown in ["-Mfpg0mq", "-hVWaYVA", "--qmxVWa"] {
        let refused = command(&["keys", "retire", unknown, "--yes"]).failed(1);
        assert!(refused.contains("no published key"), "{refused}");
    }
    sleep(Duration::from_secs(6)).await;
    assert!(!is_active(&api, &former).await);
    assert!(is_active(&api, &new).await);
    let events = command(&["audit", "--kind", "key.rotated", "--json"]).good();
    assert_eq!(events.matches("key.rotated").count(), 2, "{events}");
    assert!(events.contains("eve"), "{events}");
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn tok_1_introspection_at_the_other_node_sees_an_end_within_a_second() {
    let (redis, postgres) = (redis(), postgres().await);
    let own = [
        ("store.url", &*redis),
        ("database.url", &*postgres),
        // Both nodes are one service for applications.
        ("http.public_url", "https://passport.example"),
    ];
    let settings = [&ROOMY[..], &APPS, &own].concat();
    let (here, there) = tokio::join!(Service::start(&settings), Service::start(&settings));
    let (here, there) = (Api::new(&here), Api::new(&there));
    let account = Account::with_password(&here).await;
    let token = token(&here, &account, "shop").await;
    assert!(is_active(&there, &token).await);
    let ended = Instant::now();
    here.done(Call::new(Method::DELETE, "/session").by(&account.token)).await;
    assert!(!is_active(&there, &token).await);
    assert!(ended.elapsed() < Duration::from_secs(1), "{:?}", ended.elapsed());
}
