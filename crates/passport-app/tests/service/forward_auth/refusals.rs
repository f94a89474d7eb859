//! Requests that a session alone does not open.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    proxy::{Kind, Proxy},
    scene::{APP, Scene, get, request},
};
use crate::support::until;

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_5_a_change_comes_from_a_page_of_the_application() {
    let scene = Scene::new().await;
    for kind in Kind::ALL {
        let proxy = scene.proxy(kind).await;
        for (fields, passes) in [
            ("Origin: https://app.example.org\r\n", true),
            ("Origin: https://app.example.org\r\nSec-Fetch-Site: same-origin\r\n", true),
            ("Sec-Fetch-Site: same-origin\r\n", true),
            ("Sec-Fetch-Site: none\r\n", true),
            ("", false),
            ("Origin: https://evil.example\r\n", false),
            ("Origin: null\r\n", false),
            ("Origin: http://app.example.org\r\n", false),
            ("Origin: https://app.example.org.evil.example\r\n", false),
            ("Origin: https://app.example.org:444\r\n", false),
            // The pages for sign-in are no pages of the application.
            ("Origin: https://auth.example.org\r\n", false),
            ("Origin: https://evil.example\r\nSec-Fetch-Site: same-origin\r\n", false),
            ("Origin: https://evil.example\r\nX-Forwarded-Host: evil.example\r\n", false),
            ("Origin: https://evil.example\r\nX-Forwarded-Method: GET\r\n", false),
            ("Sec-Fetch-Site: same-site\r\n", false),
            ("Sec-Fetch-Site: cross-site\r\n", false),
            ("Sec-Fetch-Site: cross-site\r\nX-CSRFToken: evil\r\n", false),
        ] {
            for method in ["POST", "DELETE", "PROPFIND"] {
                let fields = format!("{}{fields}", scene.cookie());
                let answer = proxy.ask(request(method, APP, "/a", &fields)).await;
                if passes {
                    scene.take_known(kind, &answer);
                } else {
                    scene.refused(kind, &answer, &fields);
                    assert_eq!(answer.status, 403, "{kind:?}: {fields}");
                }
            }
        }
        // No browser adds a bearer token by itself.
        let bearer = format!("Authorization: Bearer {}\r\n", scene.account.token);
        let answer = proxy.ask(request("POST", APP, "/a", &bearer)).await;
        scene.take_known(kind, &answer);
    }
}

impl Kind {
    /// The place of the example where parameters stand, and the same with `more`.
    fn with(self, more: &str) -> (&'static str, String) {
        match self {
            Self::Nginx => ("passport/forward-auth;", format!("passport/forward-auth?{more};")),
            Self::Caddy | Self::Traefik | Self::Envoy => {
                ("on_deny=302\n", format!("on_deny=302&{more}\n"))
            }
        }
    }
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_2_a_proxy_can_ask_for_a_fresh_session_of_one_method() {
    let scene = Scene::new().await;
    for kind in Kind::ALL {
        for (more, passes, status) in [
            ("fresh=900&methods=password", true, 200),
            ("methods=password,code", false, 403),
            ("methods=passkey", false, 403),
            ("fresh=1", false, 403),
        ] {
            let (from, to) = kind.with(more);
            let (nodes, app) = (scene.nodes(), scene.app.address());
            let proxy = Proxy::start_with(kind, nodes, app, &[(from, &to)]).await;
            sleep(Duration::from_millis(if more == "fresh=1" { 2_100 } else { 0 })).await;
            let script = format!("{}Sec-Fetch-Mode: cors\r\n", scene.cookie());
            let answer = proxy.ask(get(APP, "/a?fresh=1000", &script)).await;
            assert_eq!(answer.status, status, "{kind:?}: {more}");
            if passes {
                scene.take_known(kind, &answer);
            } else {
                scene.refused(kind, &answer, more);
                let page = proxy.ask(get(APP, "/a", &scene.cookie())).await;
                scene.refused(kind, &page, more);
                let to = page.head.field("location").unwrap_or_default();
                let confirms =
                    to.starts_with("https://auth.example.org/account/confirm?return_to=");
                // nginx passes no redirect on, and the page asks for no code or passkey.
                assert_eq!(confirms, kind != Kind::Nginx && more == "fresh=1", "{kind:?}: {more}");
            }
        }
    }
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_2_a_misspelt_demand_refuses_all() {
    let scene = Scene::new().await;
    for kind in Kind::ALL {
        let (from, to) = kind.with("fresch=300");
        let (nodes, app) = (scene.nodes(), scene.app.address());
        let proxy = Proxy::start_with(kind, nodes, app, &[(from, &to)]).await;
        let answer = proxy.ask(get(APP, "/a", &scene.cookie())).await;
        scene.refused(kind, &answer, "a misspelt demand");
        // nginx makes it an error of its own.
        let status = if kind == Kind::Nginx { 500 } else { 400 };
        assert_eq!(answer.status, status, "{kind:?}");
    }
    let text = "in a form that is not understood";
    until(text, async || scene.service.log().contains(text)).await;
}
