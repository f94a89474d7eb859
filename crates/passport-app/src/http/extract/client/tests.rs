use std::net::SocketAddr;

use actix_web::test::TestRequest;

use super::*;

const PROXY: &str = "10.0.0.1";
const TRUSTED: &str = "10.0.0.0/8 2001:db8::/32";

type Lines<'a> = &'a [(&'static str, &'a [u8])];

fn client_of(trusted: &str, header: ClientAddressHeader, peer: &str, lines: Lines<'_>) -> String {
    let networks = trusted.split_whitespace().map(|network| network.parse().unwrap());
    let proxies = TrustedProxies::new(networks.collect(), header);
    let mut request = TestRequest::default()
        .peer_addr(SocketAddr::new(peer.parse().unwrap(), 1_234))
        .app_data(web::Data::new(proxies));
    for line in lines {
        request = request.append_header(*line);
    }
    Client::of(&request.to_http_request()).0.to_string()
}

fn behind(header: ClientAddressHeader, lines: Lines<'_>) -> String {
    client_of(TRUSTED, header, PROXY, lines)
}

fn forwarded_for(value: &[u8]) -> String {
    behind(ClientAddressHeader::Auto, &[("X-Forwarded-For", value)])
}

#[test]
fn rl_2_no_header_is_believed_by_default() {
    for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let value: &[u8] = if name == "Forwarded" { b"for=198.51.100.7" } else { b"198.51.100.7" };
        for trusted in ["", "10.0.0.0/8"] {
            let lines = [(name, value)];
            let client = client_of(trusted, ClientAddressHeader::Auto, "192.0.2.1", &lines);
            assert_eq!(client, "192.0.2.1", "{name}");
        }
    }
}

#[test]
fn rl_2_the_right_most_untrusted_hop_counts() {
    for (peer, forwarded_for, expected) in [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::/64"),
    ] {
        let lines = [("X-Forwarded-For", forwarded_for.as_bytes())];
        let client = client_of(TRUSTED, ClientAddressHeader::Auto, peer, &lines);
        assert_eq!(client, expected, "{forwarded_for}");
    }
}

#[test]
fn several_lines_are_one_list() {
    let lines: Lines<'_> =
        &[("X-Forwarded-For", b"1.1.1.1, 198.51.100.7"), ("X-Forwarded-For", b"10.0.0.2")];
    assert_eq!(behind(ClientAddressHeader::Auto, lines), "198.51.100.7");
    let lines: Lines<'_> =
        &[("Forwarded", b"for=1.1.1.1, for=198.51.100.7"), ("Forwarded", b"for=\"10.0.0.2:80\"")];
    assert_eq!(behind(ClientAddressHeader::Auto, lines), "198.51.100.7");
    let lines: Lines<'_> = &[("X-Real-IP", b"1.1.1.1"), ("X-Real-IP", b"198.51.100.7")];
    assert_eq!(behind(ClientAddressHeader::Auto, lines), "198.51.100.7");
}

#[test]
fn an_element_that_is_no_address_ends_the_walk() {
    assert_eq!(forwarded_for(b"unknown, 10.0.0.2"), "10.0.0.2");
    assert_eq!(forwarded_for(b"198.51.100.7, unknown"), PROXY);
    let hidden: Lines<'_> = &[("Forwarded", b"for=198.51.100.7, for=_hidden, for=10.0.0.2")];
    assert_eq!(behind(ClientAddressHeader::Forwarded, hidden), "10.0.0.2");
    let undisclosed: Lines<'_> = &[("Forwarded", b"for=198.51.100.7, proto=https")];
    assert_eq!(behind(ClientAddressHeader::Forwarded, undisclosed), PROXY);
}

#[test]
fn x7_forged_bytes_do_not_hide_the_hop_that_the_proxy_appended() {
    for forged in [&b"\xff"[..], b"\xff,", b"\xe4\xb8", b"\"", b"198.51.100.8\xff", b"["] {
        let value = [forged, b", 198.51.100.7"].concat();
        assert_eq!(forwarded_for(&value), "198.51.100.7", "{}", String::from_utf8_lossy(forged));
        let value = [b"for=", forged, b", for=198.51.100.7"].concat();
        let lines = [("Forwarded", &*value)];
        assert_eq!(behind(ClientAddressHeader::Forwarded, &lines), "198.51.100.7");
    }
    assert_eq!(forwarded_for(b"198.51.100.7, \xff"), PROXY);
}

#[test]
fn w10_empty_elements_are_ignored() {
    for value in ["198.51.100.7,", "198.51.100.7, ", ",198.51.100.7,\t,", "1.1.1.1,,198.51.100.7,,"]
    {
        assert_eq!(forwarded_for(value.as_bytes()), "198.51.100.7", "{value}");
        let value = value.replace("1.1.1.1", "for=1.1.1.1").replace("198", "for=198");
        let lines = [("Forwarded", value.as_bytes())];
        assert_eq!(behind(ClientAddressHeader::Auto, &lines), "198.51.100.7", "{value}");
    }
    for value in ["", " ", ",", ", ,"] {
        assert_eq!(forwarded_for(value.as_bytes()), PROXY, "{value:?}");
    }
}

#[test]
fn w11_each_header_that_comes_alone_is_read_by_default() {
    for line in [
        ("X-Forwarded-For", "198.51.100.7"),
        ("Forwarded", "for=198.51.100.7;proto=https"),
        ("Forwarded", "by=10.0.0.1;FOR=\"198.51.100.7:4711\""),
        ("X-Real-IP", "198.51.100.7"),
    ] {
        let lines = [(line.0, line.1.as_bytes())];
        assert_eq!(behind(ClientAddressHeader::Auto, &lines), "198.51.100.7", "{line:?}");
    }
}

#[test]
fn w11_a_header_that_the_proxy_does_not_set_does_not_decide() {
    const OWN: [(ClientAddressHeader, &str, &[u8]); 3] = [
        (ClientAddressHeader::XForwardedFor, "X-Forwarded-For", b"198.51.100.7"),
        (ClientAddressHeader::Forwarded, "Forwarded", b"for=198.51.100.7"),
        (ClientAddressHeader::XRealIp, "X-Real-IP", b"198.51.100.7"),
    ];
    const FORGED: [(&str, &[u8]); 3] = [
        ("X-Forwarded-For", b"203.0.113.1"),
        ("Forwarded", b"for=203.0.113.1"),
        ("X-Real-IP", b"203.0.113.1"),
    ];
    for (header, name, value) in OWN {
        for forged in FORGED.into_iter().filter(|forged| forged.0 != name) {
            assert_eq!(behind(header, &[forged, (name, value)]), "198.51.100.7", "{forged:?}");
            assert_eq!(behind(header, &[forged]), PROXY, "{forged:?} alone");
        }
    }
    // Without a choice, a proxy that sets X-Forwarded-For is safe.
    let all = [FORGED[1], FORGED[2], (OWN[0].1, OWN[0].2)];
    assert_eq!(behind(ClientAddressHeader::Auto, &all), "198.51.100.7");
}
