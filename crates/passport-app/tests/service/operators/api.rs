//! `/api/admin/v1`: who is admitted, and to what.

use std::{net::SocketAddr, time::Instant};

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};

use super::Desk;
use crate::support::{Account, Api, ROOMY, Reply, Service};

/// A program of an operator.
pub(crate) struct Operator {
    http: Client,
    url: String,
    token: String,
}

/// The address of the API for operators, from the log.
pub(crate) fn admin_address(service: &Service) -> SocketAddr {
    let log = service.log();
    let line = log.lines().find(|line| line.contains("the API for operators listens"));
    let (_, rest) = line.expect("it listens").split_once("\"admin\":\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

impl Operator {
    /// A program with a new token, whose scopes are separated by spaces.
    pub(crate) fn with_scopes(service: &Service, desk: &Desk<'_>, scopes: &str) -> Self {
        let name = format!("program-{}", uuid::Uuid::new_v4().simple());
        let scopes = scopes.replace(' ', " --scope ");
        let added = desk.json(&format!("admin token add {name} --scope {scopes} --json"));
        Self::with_token(service, added["token"].as_str().unwrap())
    }

    pub(crate) fn with_token(service: &Service, token: &str) -> Self {
        let url = format!("http://{}/api/admin/v1", admin_address(service));
        Self { http: Client::new(), url, token: token.to_owned() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header("X-Forwarded-For", crate::support::address())
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::to(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Reply {
        let request = self.request(Method::POST, path);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        Reply::to(request.body(body.to_owned())).await.unwrap()
    }

    /// Sends a request that succeeds.
    pub(crate) async fn done(&self, path: &str, body: &str) -> Value {
        let reply = self.post(path, body).await;
        assert_eq!(reply.status, 200, "{path} {body}: {}", reply.text());
        assert_eq!(reply.header("cache-control"), "no-store");
        reply.json()
    }
}

pub(crate) const ADMIN: [(&str, &str); 1] = [("admin.listen", "127.0.0.1:0")];

/// Every route, with a good body and the scope that it needs.
pub(crate) fn routes(id: &str) -> Vec<(Method, String, &'static str, &'static str)> {
    let post = |path: &str, body: &'static str, scope: &'static str| {
        (Method::POST, path.replace("{id}", id), body, scope)
    };
    let get = |path: &str, scope: &'static str| (Method::GET, path.replace("{id}", id), "", scope);
    vec![
        get("/users", "users:read"),
        post("/users/search", r#"{"mobile":"13800138000"}"#, "users:read"),
        get("/users/{id}", "users:read"),
        get("/users/{id}/sessions", "users:read"),
        post("/users/{id}/reveal", "{}", "users:reveal"),
        post("/users/{id}/export", "{}", "users:reveal"),
        post("/users/{id}/disable", "{}", "users:write"),
        post("/users/{id}/enable", "{}", "users:write"),
        post("/users/{id}/restore", "{}", "users:write"),
        post("/users/{id}/delete", "{}", "users:write"),
        post("/users/{id}/reset", "{}", "users:write"),
        post("/users/{id}/unlock", "{}", "users:write"),
        post("/users/{id}/revoke", "{}", "sessions:write"),
        post("/audit/search", "{}", "audit:read"),
        post("/audit/purge", r#"{"before":"2025-01-01T00:00:00Z"}"#, "audit:purge"),
    ]
}

const SCOPES: &str = "users:read users:reveal users:write sessions:write audit:read audit:purge";

async fn send(operator: &Operator, method: &Method, path: &str, body: &str) -> Reply {
    if *method == Method::GET { operator.get(path).await } else { operator.post(path, body).await }
}

#[tokio::test]
async fn each_route_needs_a_token_with_its_scope() {
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    let account = Account::with_password(&api).await;
    let strangers = Operator::with_token(&service, "ppo_guessed");
    // The token of a session opens nothing here.
    let persons = Operator::with_token(&service, &account.token);
    for (method, path, body, scope) in routes(&account.id) {
        for stranger in [&strangers, &persons] {
            let reply = send(stranger, &method, &path, body).await;
            assert_eq!(
                (reply.status.as_u16(), &reply.json()["code"]),
                (401, &json!("token-invalid"))
            );
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{reply:?}");
        }
        let others = SCOPES.replace(scope, "").replace("  ", " ");
        let operator = Operator::with_scopes(&service, &desk, others.trim());
        let reply = send(&operator, &method, &path, body).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (403, &json!("scope-missing")));
        assert_eq!(reply.json()["scope"], scope);
        // The refusal is decided before the body is read.
        let reply = send(&operator, &method, &path, "{").await;
        assert_eq!(reply.status, 403, "{path}");
    }
    let user = desk.json(&format!("user show {} --json", account.id));
    assert_eq!((&user["standing"], &user["has_password"]), (&json!("active"), &json!(true)));
    assert!(api.is_signed_in(&account.token).await, "nothing was done");
    for (method, path, body, scope) in routes(&account.id) {
        let operator = Operator::with_scopes(&service, &desk, scope);
        let reply = send(&operator, &method, &path, body).await;
        let is_found = path != "/users/search";
        assert_eq!(reply.status, if is_found { 200 } else { 404 }, "{path}: {}", reply.text());
    }
}

#[tokio::test]
async fn refused_requests_are_events_and_limited_for_each_client() {
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let desk = Desk::new(&service, &settings);
    let operator = Operator::with_scopes(&service, &desk, "audit:read");
    let secret = operator.token.clone();
    let guess = async |from: &str| {
        let url = format!("{}/users", operator.url);
        let request = operator.http.get(url).header("X-Forwarded-For", from);
        Reply::to(request.bearer_auth(format!("{secret}x"))).await.unwrap()
    };
    for _ in 0..10 {
        assert_eq!(guess("10.9.9.9").await.status, 401);
    }
    for _ in 0..5 {
        let reply = guess("10.9.9.9").await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (429, &json!("too-many")));
        assert!(reply.header("ratelimit-policy").contains("operator-refusals-per-client"));
        assert!(reply.header("retry-after").parse::<u64>().unwrap() <= 60);
    }
    // Not the client with the right token, and not another client.
    let request =
        operator.request(Method::POST, "/audit/search").header("X-Forwarded-For", "10.9.9.9");
    let events = Reply::to(request.json(&json!({ "kind": "operator.admitted" })));
    let events = events.await.unwrap().json()["events"].clone();
    assert_eq!(events.as_array().unwrap().len(), 10);
    for event in events.as_array().unwrap() {
        assert_eq!(
            (&event["outcome"], &event["rule"]),
            (&json!("refused"), &json!("token-unknown"))
        );
        assert_eq!((&event["address"], &event["actor"]), (&json!("10.9.9.9"), &json!("unknown")));
        assert!(event["request_id"].is_string());
    }
    assert_eq!(guess("10.9.9.8").await.status, 401);
    let log = service.log();
    assert!(!log.contains(&secret) && log.contains("operator not admitted"));
}

#[tokio::test]
async fn a_removed_or_expired_token_is_refused_at_once() {
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let desk = Desk::new(&service, &settings);
    let add = |name: &str, expires: &str| {
        let command =
            format!("admin token add {name} --scope users:read --expires {expires} --json");
        Operator::with_token(&service, desk.json(&command)["token"].as_str().unwrap())
    };
    let (removed, short) = (add("removed", "1d"), add("short", "3s"));
    let since = Instant::now();
    assert_eq!(
        (removed.get("/users").await.status, short.get("/users").await.status),
        (StatusCode::OK, StatusCode::OK)
    );
    desk.run("admin token remove removed --yes").good();
    assert_eq!(removed.get("/users").await.status, 401);
    tokio::time::sleep_until((since + std::time::Duration::from_secs(4)).into()).await;
    let reply = short.get("/users").await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (401, &json!("token-invalid")));
    let rules = desk.run("audit --kind operator.admitted").good();
    assert!(rules.contains("token-unknown") && rules.contains("token-expired"), "{rules}");
    let listed = desk.json("admin token list --json");
    assert!(listed["tokens"][0]["last_used_at"].is_string(), "{listed}");
}

/// Neither is reachable by the listener of the other.
#[tokio::test]
async fn the_listeners_of_visitors_and_operators_are_apart() {
    let off = Service::start(&ROOMY).await;
    assert!(!off.log().contains("the API for operators listens"), "it is off by default");
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let (desk, http) = (Desk::new(&service, &settings), Client::new());
    let operator = Operator::with_scopes(&service, &desk, SCOPES);
    for url in [service.url(), off.url()] {
        let request = http.get(format!("{url}/api/admin/v1/users")).bearer_auth(&operator.token);
        // Not as an answer of the listener for operators, where the path is described.
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 404);
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "not-found");
    }
    let admin = admin_address(&service);
    for path in
        ["/", "/sign-in", "/healthz", "/api/v1/session", "/passport/image_code", "/dev/inbox"]
    {
        let request = http.get(format!("http://{admin}{path}")).bearer_auth(&operator.token);
        // Not as an answer of the listener for visitors, where some of these paths are described.
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 404, "{path}");
        let media_type = response.headers().get("content-type").unwrap().to_str().unwrap();
        assert_eq!(media_type, "application/problem+json", "{path}");
    }
    assert_eq!(operator.get("/users").await.status, 200);
}

#[tokio::test]
async fn both_listeners_end_with_the_service() {
    let mut service = Service::start(&ADMIN).await;
    let admin = admin_address(&service);
    let since = Instant::now();
    assert!(service.stop().await.success());
    assert!(since.elapsed().as_secs() < 10);
    for address in [admin, service.address()] {
        assert!(std::net::TcpStream::connect(address).is_err(), "{address}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = Service::refused(folder.path(), &[("admin.listen", &address)]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("admin.listen: cannot listen on"), "{error}");
}
