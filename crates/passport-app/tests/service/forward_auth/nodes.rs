//! Two nodes behind each proxy.

use std::time::{Duration, Instant};

use reqwest::Method;

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
