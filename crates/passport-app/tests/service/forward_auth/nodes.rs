//! Two nodes behind each proxy.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, Url};
use tokio::time::sleep;
use tokio_postgres::NoTls;

use super::{
    app::App,
    proxy::{Kind, Proxy},
    scene::{APP, SETTINGS, cookie, get},
};
use crate::support::{Account, Api, Call, PASSWORD, ROOMY, Service, postgres, redis, sign_in};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

/// How often a node was asked, as its log says.
fn questions(node: &Service) -> usize {
    node.log().matches(r#""path":"/forward-auth"#).count()
}

#[tokio::test]
#[ignore = "needs Redis, PostgreSQL, nginx, Caddy, Traefik and Envoy"]
async fn fwd_8_what_happens_on_one_node_holds_behind_the_proxy_at_once() {
    let (redis, postgres) = (redis(), postgres().await);
    for store in ["database", "store"] {
        let servers = [
            ("store.url", &*redis),
            ("database.url", &*postgres),
            ("secret", SECRET),
            ("session.store", store),
        ];
        let settings: Vec<_> = servers.into_iter().chain(ROOMY).chain(SETTINGS).collect();
        let (one, other) = tokio::join!(Service::start(&settings), Service::start(&settings));
        let app = App::start().await;
        let account = Account::with_password(&Api::new(&one)).await;
        for kind in Kind::ALL {
            let proxy = Proxy::start(kind, [one.address(), other.address()], app.address()).await;
            let token =
                sign_in(&Api::new(&one), &account.phone, PASSWORD).await.json()["token"].clone();
            let token = token.as_str().unwrap();
            let (before, before_other) = (questions(&one), questions(&other));
            for _ in 0..24 {
                let answer = proxy.ask(get(APP, "/a", &cookie(token))).await;
                assert!(answer.is_of_app(), "{kind:?}: {answer:?}");
                assert_eq!(app.take_one().told("X-Passport-User"), [&*account.id], "{kind:?}");
            }
            assert!(questions(&one) > before && questions(&other) > before_other, "{kind:?}");

            Api::new(&other).done(Call::new(Method::DELETE, "/session").by(token)).await;
            let ended = Instant::now();
            for _ in 0..12 {
                let answer = proxy.ask(get(APP, "/a", &cookie(token))).await;
                assert!(!answer.is_of_app() && answer.status == 302, "{kind:?}: {answer:?}");
            }
            assert!(app.take().is_empty(), "{kind:?}: refused from the first request on");
            assert!(ended.elapsed() < Duration::from_secs(10), "{kind:?}: the machine is too slow");
        }
    }
}

#[tokio::test]
#[ignore = "needs Redis, PostgreSQL, nginx, Caddy, Traefik and Envoy"]
async fn fwd_8_one_node_is_enough() {
    let (redis, postgres) = (redis(), postgres().await);
    let servers = [("store.url", &*redis), ("database.url", &*postgres), ("secret", SECRET)];
    let settings: Vec<_> = servers.into_iter().chain(ROOMY).chain(SETTINGS).collect();
    for kind in Kind::ALL {
        let (one, mut other) = tokio::join!(Service::start(&settings), Service::start(&settings));
        let app = App::start().await;
        let account = Account::with_password(&Api::new(&one)).await;
        let proxy = Proxy::start(kind, [one.address(), other.address()], app.address()).await;
        other.kill();
        let (mut passed, since) = (0, Instant::now());
        while passed < 10 {
            let answer = proxy.ask(get(APP, "/a", &cookie(&account.token))).await;
            passed = if answer.is_of_app() { passed + 1 } else { 0 };
            assert!(since.elapsed() < Duration::from_secs(20), "{kind:?}: {answer:?}");
        }
    }
}

/// Transactions of a database, as its server counts them; each statement of a lookup is one.
async fn transactions(url: &Url) -> i64 {
    let mut server = url.clone();
    server.set_path("postgres");
    let (client, connection) = tokio_postgres::connect(server.as_str(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let text = "SELECT xact_commit FROM pg_stat_database WHERE datname = $1";
    client.query_one(text, &[&url.path().trim_start_matches('/')]).await.unwrap().get(0)
}

/// Transactions for `QUESTIONS` requests to `path`. The server reports them when a connection has been idle.
async fn cost(service: &Service, url: &Url, path: &str, token: &str) -> i64 {
    const IDLE: Duration = Duration::from_secs(12);
    sleep(IDLE).await;
    let before = transactions(url).await;
    let http = Client::new();
    for _ in 0..QUESTIONS {
        let request = http.get(format!("{}{path}", service.url())).bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    sleep(IDLE).await;
    transactions(url).await - before
}

const QUESTIONS: i64 = 500;

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn fwd_10_a_question_is_one_lookup() {
    let postgres = postgres().await;
    let url: Url = postgres.parse().unwrap();
    let settings: Vec<_> = ROOMY.into_iter().chain([("database.url", &*postgres)]).collect();
    let service = Service::start(&settings).await;
    let account = Account::with_password(&Api::new(&service)).await;
    for path in ["/api/v1/session", "/forward-auth", "/forward-auth/fresh=900/a"] {
        let cost = cost(&service, &url, path, &account.token).await;
        // Housekeeping makes some more.
        assert!((QUESTIONS..QUESTIONS + QUESTIONS / 5).contains(&cost), "{path}: {cost}");
    }
}
