use actix_web::{test::TestRequest, web};

use super::*;
use crate::{http::TrustedProxies, settings::ClientAddressHeader};

const PROXY: &str = "10.0.0.1:4000";

/// The original of a subrequest with these fields, from `peer`.
fn from(peer: &str, method: &str, fields: &[(&str, &str)], appended: Option<&str>) -> Original {
    let proxies =
        TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()], ClientAddressHeader::default());
    let request = TestRequest::default()
        .method(method.parse().unwrap())
        .peer_addr(peer.parse().unwrap())
        .app_data(web::Data::new(proxies));
    let request = fields.iter().fold(request, |request, field| request.append_header(*field));
    Original::of(&request.to_http_request(), appended)
}

fn asked(fields: &[(&str, &str)]) -> Original {
    from(PROXY, "GET", fields, None)
}

/// The address in a question that every proxy but Envoy asks.
fn address(proto: &str, host: &str, uri: &str) -> Option<String> {
    let fields =
        [("X-Forwarded-Proto", proto), ("X-Forwarded-Host", host), ("X-Forwarded-Uri", uri)];
    asked(&fields).address()
}

#[test]
fn fwd_3_the_address_is_put_together_from_the_fields_of_the_proxy() {
    let shop = |path: &str| Some(format!("https://shop.example{path}"));
    assert_eq!(address("https", "shop.example", "/a%2Fb?c=d,e"), shop("/a%2Fb?c=d,e"));
    assert_eq!(address("https", "Shop.Example:443", "/"), shop("/"));
    assert_eq!(address("wss", "shop.example", "/socket"), shop("/socket"));
    assert_eq!(address("http", "127.0.0.1:81", "/"), Some("http://127.0.0.1:81/".to_owned()));
    let original = asked(&[("X-Original-URL", "https://shop.example/a?b=http://c/")]);
    assert_eq!(original.address(), shop("/a?b=http://c/"));
    let fields = [("Host", "shop.example"), ("X-Forwarded-Proto", "https")];
    assert_eq!(from(PROXY, "POST", &fields, Some("/a?b")).address(), shop("/a?b"));
}

#[test]
fn fwd_4_fields_that_are_no_address_are_none() {
    for (proto, host, uri) in [
        ("https", "shop.example", "https://evil.example/"),
        ("https", "shop.example", "evil"),
        ("https", "shop.example", "*"),
        ("https", "shop.example", ""),
        ("https", "", "/"),
        ("https", "shop.example, evil.example", "/"),
        ("https", "shop.example/", "/"),
        ("https", "me@shop.example", "/"),
        ("https", "shop.example#", "/"),
        ("https", "shop.example\\", "/"),
        ("javascript", "shop.example", "/"),
        ("https,http", "shop.example", "/"),
        ("", "shop.example", "/"),
    ] {
        let found = address(proto, host, uri);
        let is_same_host = found.as_deref().is_some_and(|it| it == "https://shop.example/");
        assert!(found.is_none() || is_same_host, "{proto} {host} {uri}: {found:?}");
    }
    let good = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Uri", "/")];
    let twice = [("X-Forwarded-Host", "shop.example"), ("X-Forwarded-Host", "evil.example")];
    assert_eq!(asked(&[good.as_slice(), &twice].concat()).address(), None, "two hosts");
    // The client of a proxy that sets the other fields can add this one.
    let more = [("X-Forwarded-Host", "shop.example"), ("X-Original-URL", "https://evil.example/")];
    let original = asked(&[good.as_slice(), &more].concat());
    assert_eq!(original.address().as_deref(), Some("https://shop.example/"));
    // An Envoy that passes on what its client sent is asked by `Host`.
    let sent = [("Host", "shop.example"), ("X-Forwarded-Host", "evil.example"), good[0]];
    let original = from(PROXY, "GET", &sent, Some("/"));
    assert_eq!(original.address().as_deref(), Some("https://shop.example/"));
}

#[test]
fn fwd_4_only_trusted_proxies_are_believed() {
    let fields = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "shop.example"),
        ("X-Forwarded-Uri", "/"),
        ("X-Forwarded-Method", "GET"),
        ("Host", "shop.example"),
    ];
    assert!(from(PROXY, "GET", &fields, None).address().is_some());
    for appended in [None, Some("/")] {
        let original = from("192.0.2.1:4000", "GET", &fields, appended);
        assert_eq!((original.origin, original.path), (None, None));
    }
    let url = [("X-Original-URL", "https://shop.example/")];
    assert_eq!(from("192.0.2.1:4000", "GET", &url, None).address(), None);
}

#[test]
fn fwd_5_the_strictest_of_all_methods_counts() {
    let act = |method: &str, fields: &[(&str, &str)], is_appended: bool| {
        from(PROXY, method, fields, is_appended.then_some("/")).act
    };
    let named = |method| [("X-Forwarded-Method", method)];
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert_eq!(act("GET", &named(method), false), Act::Visit, "{method}");
        assert_eq!(act(method, &[], true), Act::Visit, "{method}");
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "CONNECT", "get", "GETT", "", "GET, POST"] {
        assert_eq!(act("GET", &named(method), false), Act::Change, "{method}");
        assert_eq!(act("GET", &[("X-Original-Method", method)], false), Act::Change, "{method}");
    }
    for forged in [
        [("X-Forwarded-Method", "GET"), ("X-Original-Method", "POST")],
        [("X-Forwarded-Method", "POST"), ("X-Original-Method", "GET")],
        [("X-Forwarded-Method", "GET"), ("X-Forwarded-Method", "POST")],
    ] {
        assert_eq!(act("GET", &forged, false), Act::Change, "{forged:?}");
        assert_eq!(act("GET", &forged, true), Act::Change, "{forged:?}");
    }
    assert_eq!(act("POST", &named("GET"), false), Act::Change);
    assert_eq!(act("POST", &named("GET"), true), Act::Change);
    assert_eq!(act("GET", &[], false), Act::Unknown);
}

#[test]
fn fwd_5_sockets_are_changes_and_requests_of_scripts_no_visits() {
    let act = |field| asked(&[("X-Forwarded-Method", "GET"), field]).act;
    assert_eq!(act(("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")), Act::Change);
    assert_eq!(act(("Upgrade", "websocket")), Act::Change);
    assert_eq!(act(("Sec-Fetch-Mode", "navigate")), Act::Visit);
    for mode in ["cors", "no-cors", "same-origin", "websocket"] {
        assert_eq!(act(("Sec-Fetch-Mode", mode)), Act::Read, "{mode}");
    }
}
