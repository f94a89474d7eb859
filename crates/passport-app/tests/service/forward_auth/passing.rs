//! What passes through each proxy, and how.

use form_urlencoded::byte_serialize;

use super::{
    proxy::{Answer, Kind, Proxy},
    scene::{APP, AUTH, Scene, get, request},
};

/// Asserts a redirect to the sign-in, which leads back to `address`.
#[track_caller]
fn leads_to_sign_in(kind: Kind, answer: &Answer, address: &str) {
    let address: String = byte_serialize(address.as_bytes()).collect();
    let expected = format!("https://auth.example.org/sign-in?return_to={address}");
    assert_eq!(answer.head.field("location"), Some(&*expected), "{kind:?}: {answer:?}");
    assert_eq!(answer.status, 302, "{kind:?}");
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_1_each_proxy_tells_the_application_who_it_is() {
    let scene = Scene::new().await;
    for kind in Kind::ALL {
        let proxy = scene.proxy(kind).await;
        for (host, path) in [(APP, "/"), (APP, "/a?b=c&d=e"), (AUTH, "/app/"), (AUTH, "/app/a?b=c")]
        {
            let out = proxy.ask(get(host, path, "Sec-Fetch-Mode: navigate\r\n")).await;
            scene.refused(kind, &out, "a visitor");
            leads_to_sign_in(kind, &out, &format!("https://{host}{path}"));
            let script = proxy.ask(get(host, path, "Sec-Fetch-Mode: cors\r\n")).await;
            scene.refused(kind, &script, "a script");
            assert_eq!(script.status, 401, "{kind:?}");

            let bearer = format!("Authorization: Bearer {}\r\n", scene.account.token);
            for credential in [&*scene.cookie(), &*bearer] {
                let answer = proxy.ask(get(host, path, credential)).await;
                let seen = scene.take_known(kind, &answer);
                assert_eq!((&*seen.method, &*seen.target), ("GET", path), "{kind:?}");
                assert_eq!(seen.told("X-Passport-Methods"), ["password"], "{kind:?}");
                let set =
                    answer.head.fields.iter().filter(|it| it.0.eq_ignore_ascii_case("set-cookie"));
                let set: Vec<_> = set.map(|it| it.1.as_str()).collect();
                assert_eq!(set, ["own=1"], "{kind:?}: the cookie of the application, and no other");
            }
        }
    }
}

/// A body that no compression or buffer hides.
fn body(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap()).collect()
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_6_requests_pass_as_they_are() {
    let scene = Scene::new().await;
    let own = format!("{}Origin: https://{APP}\r\n", scene.cookie());
    for kind in Kind::ALL {
        let proxy = scene.proxy(kind).await;
        for target in [
            "/a/b?c=d",
            "/?",
            "/?a=%26b&c=%3D+%20",
            "/?a=b&a=c&&=,:@!$'()*",
            "/?q={x}|^`[]",
            "/?return_to=https://evil.example/&on_deny=302&fresh=1",
            "/%2Fa%2Fb",
            "/a%2F..%2Fb",
            "/a%20b/%E4%BD%A0%E5%A5%BD",
            "/a=b&c;d,e",
            "/-/x",
            "/on_deny=302/x",
        ] {
            let answer = proxy.ask(get(APP, target, &scene.cookie())).await;
            let seen = scene.take_known(kind, &answer);
            assert_eq!(seen.target, target, "{kind:?}");
        }
        for method in ["HEAD", "OPTIONS", "DELETE", "PROPFIND"] {
            let answer = proxy.ask(request(method, APP, "/a", &own)).await;
            assert_eq!(scene.take_known(kind, &answer).method, method, "{kind:?}");
        }
        preflight(&scene, &proxy).await;
        for method in ["POST", "PUT", "PATCH"] {
            for length in [0, 1, 70_000, 3_000_000] {
                let body = body(length);
                let fields = format!("{own}Content-Length: {length}\r\n");
                let head = request(method, APP, "/form", &fields);
                let answer = proxy.ask([head.as_bytes(), &body].concat()).await;
                let seen = scene.take_known(kind, &answer);
                assert!(seen.method == method && seen.body == body, "{kind:?}: {length}");
                assert!(answer.body == body, "{kind:?}: {length}");
            }
        }
        let body = body(100_000);
        let chunks = body
            .chunks(7_777)
            .map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
        let chunks: Vec<u8> = chunks.flatten().chain(*b"0\r\n\r\n").collect();
        let head = request("POST", APP, "/form", &format!("{own}Transfer-Encoding: chunked\r\n"));
        let answer = proxy.ask([head.as_bytes(), &chunks].concat()).await;
        assert!(scene.take_known(kind, &answer).body == body, "{kind:?}: chunked");
    }
}

/// A preflight request has no cookie, so it is refused, as docs/forward-auth.md says.
async fn preflight(scene: &Scene, proxy: &Proxy) {
    let fields = "Origin: https://shop.example\r\nAccess-Control-Request-Method: PUT\r\n\
                  Sec-Fetch-Mode: cors\r\n";
    let answer = proxy.ask(request("OPTIONS", APP, "/a", fields)).await;
    scene.refused(proxy.kind, &answer, "a preflight request");
    assert_eq!(answer.status, 401, "{:?}", proxy.kind);
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_6_web_sockets_pass() {
    let scene = Scene::new().await;
    let socket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let handshake = |host: &str, path: &str, fields: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{socket}{fields}\r\n")
    };
    for kind in Kind::ALL {
        let proxy = scene.proxy(kind).await;
        for (host, path) in [(APP, "/socket?a=b"), (AUTH, "/app/socket")] {
            let own = format!("{}Origin: https://{host}\r\n", scene.cookie());
            let frames = body(50_000);
            assert!(proxy.is_echoed(&handshake(host, path, &own), &frames).await, "{kind:?}");
            let seen = scene.app.take_one();
            assert_eq!(seen.target, path, "{kind:?}");
            assert_eq!(seen.told("X-Passport-User"), [&*scene.account.id], "{kind:?}");
            for origin in ["https://evil.example", "null", "http://app.example.org"] {
                let fields = format!("{}Origin: {origin}\r\n", scene.cookie());
                let answer = proxy.ask(handshake(host, path, &fields)).await;
                scene.refused(kind, &answer, "a socket of another site");
                assert_eq!(answer.status, 403, "{kind:?}: {origin}");
            }
            let answer =
                proxy.ask(handshake(host, path, &format!("Origin: https://{host}\r\n"))).await;
            scene.refused(kind, &answer, "a socket of a visitor");
            assert_eq!(answer.status, 401, "{kind:?}");
        }
    }
}
