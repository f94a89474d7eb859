//! Requests of clients who want to be taken for others.

use super::{
    proxy::{Answer, Kind, Proxy},
    scene::{APP, AUTH, Scene, cookie, get, request},
};

/// Lines that a client adds.
const LINES: &[&str] = &[
    "X-Passport-User: evil",
    "x-passport-user: evil",
    "X-PASSPORT-USER: evil",
    "X-Passport-User: evil\r\nX-Passport-User: evil-too",
    "X-Passport-User:",
    "X_Passport_User: evil",
    "x_passport_user: evil",
    "X-Passport_User: evil",
    "X_Passport-User: evil\r\nX-Passport-User: evil",
    "X_Passport-Authenticated_At: 2099-01-01T00:00:00Z",
    "X-Passport-Session: evil\r\nX-Passport-Methods: passkey",
    "X-Passport-Authenticated-At: 2099-01-01T00:00:00Z",
    "X-Passport-Mobile: +8613800138000\r\nX-Passport-Nick: evil\r\nX-Passport-Token: evil",
    "X_Passport_Mobile: +8613800138000\r\nx_passport_nick: evil\r\nX_PASSPORT_TOKEN: evil",
    "X-Passport-User : evil",
    "X-Passport-User\t: evil",
    "X-Other: a\r\n X-Passport-User: evil",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Host: app.example.org\r\nX-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Uri: https://evil.example/",
    "X-Forwarded-Uri: /\r\nX-Forwarded-Uri: //evil.example/",
    "X-Forwarded-Uri: @evil.example/",
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-For: 127.0.0.1, 127.0.0.1\r\nX-Real-IP: 127.0.0.1",
    "X-Forwarded-Method: GET",
    "X-Original-URL: https://evil.example/",
    "X-Original-Method: GET\r\nX-Original-URL: https://evil.example/",
    "X_Forwarded_Host: evil.example\r\nX_Original_URL: https://evil.example/",
    "Forwarded: host=evil.example;proto=https;for=127.0.0.1",
    "X-Rewrite-URL: /healthz\r\nX-HTTP-Method-Override: GET",
    "Connection: X-Passport-User",
    "Connection: close, x-passport-user, x-passport-session",
    "Connection: X-Forwarded-Host, X-Forwarded-Proto, X-Forwarded-Uri, X-Forwarded-Method",
    "Connection: Upgrade, X-Passport-User\r\nUpgrade: h2c",
    "Connection: keep-alive, X-Passport-User, X-Passport-Methods\r\nX-Passport-User: evil",
    "Proxy-Connection: X-Passport-User\r\nTE: trailers\r\nTrailer: X-Passport-User",
];

/// Asserts that nothing has reached the application, and that no address leads to a stranger.
#[track_caller]
fn is_refused(scene: &Scene, kind: Kind, answer: &Answer, what: &str) {
    scene.refused(kind, answer, what);
    let place = answer.head.field("location").unwrap_or_default();
    let is_own = place.is_empty()
        || place == "https://auth.example.org/sign-in"
        || ["app", "auth"].iter().any(|host| {
            let back = format!("return_to=https%3A%2F%2F{host}.example.org%2F");
            place.starts_with(&format!("https://auth.example.org/sign-in?{back}"))
        });
    assert!(is_own, "{kind:?}: {what}: {place}");
}

/// Asserts that the application knows the person, or that nothing has reached it.
#[track_caller]
fn is_known_or_refused(scene: &Scene, kind: Kind, answer: &Answer, what: &str) {
    if answer.is_of_app() {
        scene.take_known(kind, answer);
    } else {
        is_refused(scene, kind, answer, what);
    }
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_7_what_a_client_adds_makes_it_no_other() {
    let scene = Scene::new().await;
    for kind in Kind::ALL {
        let proxy = scene.proxy(kind).await;
        for lines in LINES {
            for (host, path) in [(APP, "/a"), (AUTH, "/app/a")] {
                let out = proxy.ask(get(host, path, &format!("{lines}\r\n"))).await;
                is_refused(&scene, kind, &out, lines);
                for fields in [
                    format!("{lines}\r\n{}", scene.cookie()),
                    format!("{}{lines}\r\n", scene.cookie()),
                ] {
                    let answer = proxy.ask(get(host, path, &fields)).await;
                    is_known_or_refused(&scene, kind, &answer, lines);
                }
                // A change of another site does not become a visit.
                let foreign =
                    format!("{}Origin: https://evil.example\r\n{lines}\r\n", scene.cookie());
                let answer = proxy.ask(request("DELETE", host, path, &foreign)).await;
                is_refused(&scene, kind, &answer, lines);
            }
        }
    }
}

#[tokio::test]
#[ignore = "needs nginx, Caddy, Traefik and Envoy"]
async fn fwd_7_odd_requests_open_nothing() {
    let scene = Scene::new().await;
    for kind in Kind::ALL {
        let proxy = scene.proxy(kind).await;
        for (line, hosts) in [
            ("GET http://app.example.org/a HTTP/1.1", "Host: evil.example"),
            ("GET https://app.example.org/a HTTP/1.1", "Host: auth.example.org"),
            ("GET https://evil.example/a HTTP/1.1", "Host: app.example.org"),
            ("GET http://evil@app.example.org/a HTTP/1.1", "Host: app.example.org"),
            ("GET https://auth.example.org/app/a HTTP/1.1", "Host: app.example.org"),
            ("GET /a HTTP/1.1", "Host: app.example.org\r\nHost: evil.example"),
            ("GET /a HTTP/1.1", "Host: evil.example\r\nHost: app.example.org"),
            ("GET /a HTTP/1.1", "Host: evil.example"),
            ("GET /a HTTP/1.1", "Host: app.example.org@evil.example"),
            ("GET /a HTTP/1.1", "Host: app.example.org:444"),
            ("GET /a HTTP/1.1", "Host: app.example.org."),
            ("GET /a HTTP/1.1", "Host: APP.example.org"),
            ("GET /a HTTP/1.1", "Host: app.example.org, evil.example"),
            ("GET /a HTTP/1.0", "Host: app.example.org"),
            ("GET /a HTTP/1.1", "Host:"),
            ("GET //evil.example/ HTTP/1.1", "Host: app.example.org"),
            ("GET /\\evil.example/ HTTP/1.1", "Host: app.example.org"),
            ("GET /../../a HTTP/1.1", "Host: app.example.org"),
            ("GET /app/../a HTTP/1.1", "Host: auth.example.org"),
            ("GET /x/../app/a HTTP/1.1", "Host: auth.example.org"),
            ("GET /x/..%2fapp/a HTTP/1.1", "Host: auth.example.org"),
            ("GET /%61pp/a HTTP/1.1", "Host: auth.example.org"),
            ("GET //app/a HTTP/1.1", "Host: auth.example.org"),
            ("GET /app/%2e%2e/a HTTP/1.1", "Host: auth.example.org"),
            ("GET /app/a HTTP/1.1", "Host: auth.example.org"),
            ("GET /.passport/check HTTP/1.1", "Host: app.example.org"),
            ("GET /a%00b HTTP/1.1", "Host: app.example.org"),
            ("GET /a%0d%0aX-Passport-User:%20evil HTTP/1.1", "Host: app.example.org"),
            ("OPTIONS * HTTP/1.1", "Host: app.example.org"),
            ("CONNECT app:3000 HTTP/1.1", "Host: app.example.org"),
            ("TRACE /a HTTP/1.1", "Host: app.example.org"),
            ("get /a HTTP/1.1", "Host: app.example.org"),
        ] {
            for fields in ["", &scene.cookie()] {
                let what = format!("{line} with {hosts} and {fields}");
                let text = format!("{line}\r\n{hosts}\r\nConnection: close\r\n{fields}\r\n");
                let Some(answer) = proxy.try_ask(text.as_bytes()).await else {
                    assert!(scene.app.take().is_empty(), "{kind:?}: {what}");
                    continue;
                };
                if answer.is_of_app() {
                    assert!(!fields.is_empty(), "{kind:?}: {what}: {answer:?}");
                    scene.take_known(kind, &answer);
                } else {
                    assert!(scene.app.take().is_empty(), "{kind:?}: {what}");
                }
            }
        }
        sockets(&scene, &proxy).await;
        long_addresses(&scene, &proxy).await;
        credentials(&scene, &proxy).await;
    }
}

/// A handshake that asks the proxy to remove what passport has told.
async fn sockets(scene: &Scene, proxy: &Proxy) {
    for connection in ["Upgrade, X-Passport-User", "x-passport-user, Upgrade, X-Passport-Methods"] {
        let handshake = format!(
            "GET /a HTTP/1.1\r\nHost: {APP}\r\nConnection: {connection}\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Origin: https://{APP}\r\n{}\r\n",
            scene.cookie()
        );
        let answer = proxy.ask(handshake).await;
        is_known_or_refused(scene, proxy.kind, &answer, connection);
    }
}

/// No length of an address makes a proxy or passport forget the question.
async fn long_addresses(scene: &Scene, proxy: &Proxy) {
    for length in [2_000, 6_000, 12_000, 40_000, 70_000, 140_000] {
        for target in
            [format!("/{}", "a".repeat(length)), format!("/?{}", "a=b&".repeat(length / 4))]
        {
            let Some(out) = proxy.try_ask(get(APP, &target, "").as_bytes()).await else { continue };
            is_refused(scene, proxy.kind, &out, "a long address");
            let own = get(APP, &target, &scene.cookie());
            let Some(answer) = proxy.try_ask(own.as_bytes()).await else { continue };
            is_known_or_refused(scene, proxy.kind, &answer, "a long address");
        }
    }
}

/// Credentials that open nothing, or not what they seem to.
async fn credentials(scene: &Scene, proxy: &Proxy) {
    let token = &scene.account.token;
    let other = cookie(&token.chars().rev().collect::<String>());
    let bearer = format!("Authorization: Bearer {token}\r\n");
    for fields in [
        other.clone(),
        cookie(""),
        format!("Cookie: passport_session={token}\r\n"),
        format!("Authorization: Basic {token}\r\n"),
        format!("Authorization: Bearer {token}x\r\n"),
        format!("{bearer}{bearer}"),
        format!("{bearer}{}", scene.cookie()),
        format!("X-Authorization: Bearer {token}\r\n"),
        format!("Proxy-Authorization: Bearer {token}\r\n"),
        format!("{bearer}Connection: Authorization\r\n"),
    ] {
        let answer = proxy.ask(get(APP, "/a", &fields)).await;
        if fields.contains("Connection") {
            is_known_or_refused(scene, proxy.kind, &answer, &fields);
        } else {
            is_refused(scene, proxy.kind, &answer, &fields);
        }
    }
    let answer = proxy.ask(get(APP, &format!("/a?access_token={token}"), "")).await;
    is_refused(scene, proxy.kind, &answer, "a token in the address");
}
