//! Passport is down, or cannot answer: nothing passes.

use std::time::Duration;

use reqwest::Client;
use tokio::time::sleep;

use super::{
    app::App,
    proxy::{Kind, Proxy},
    scene::{APP, SETTINGS, Scene, cookie, get},
};
use crate::support::{Account, Api, Gate, ROOMY, Reply, Service, redis, until};

#[tokio::test]
#[ignore = "needs Redis, nginx, Caddy, Traefik and Envoy"]
async fn fwd_9_nothing_passes_while_a_store_is_down() {
    let gate = Gate::before(&redis());
    let servers = [("store.url", gate.url()), ("session.store", "store")];
    let settings: Vec<_> = servers.into_iter().chain(ROOMY).chain(SETTINGS).collect();
    let service = Service::start(&settings).await;
    let app = App::start().await;
    let account = Account::with_password(&Api::new(&service)).await;
    let own = get(APP, "/a", &cookie(&account.token));
    for kind in Kind::ALL {
        let proxy = Proxy::start(kind, [service.address(); 2], app.address()).await;
        let answer = proxy.ask(&own).await;
        assert!(answer.is_of_app() && app.take().len() == 1, "{kind:?}: {answer:?}");
        for cut in [Gate::shut, Gate::mute] {
            cut(&gate);
            let request = Client::new().get(format!("{}/forward-auth", service.url()));
            let reply = Reply::to(request.bearer_auth(&account.token)).await.unwrap();
            assert_eq!(reply.json()["code"], "unavailable", "{reply:?}");
            for _ in 0..2 {
                let answer = proxy.ask(&own).await;
                assert!(!answer.is_of_app() && answer.status >= 500, "{kind:?}: {answer:?}");
                assert!(app.take().is_empty(), "{kind:?}");
            }
            gate.open();
            until("it passes again", async || proxy.ask(&own).await.is_of_app()).await;
            app.take();
        }
    }
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_9_nothing_passes_while_passport_is_down() {
    for kind in Kind::ALL {
        let mut scene = Scene::new().await;
        let proxy = scene.proxy(kind).await;
        let answer = proxy.ask(get(APP, "/a", &scene.cookie())).await;
        scene.take_known(kind, &answer);
        scene.service.kill();
        for pause in [0, 0, 1_000] {
            sleep(Duration::from_millis(pause)).await;
            for fields in ["", &scene.cookie()] {
                let answer = proxy.ask(get(APP, "/a", fields)).await;
                scene.refused(kind, &answer, "passport is down");
                assert!(answer.status >= 500, "{kind:?}: {answer:?}");
            }
        }
    }
}
