//! Whom limits count, behind a proxy.

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Person, Reply, Service};

type Fields<'a> = &'a [(&'static str, &'a [u8])];

/// A request with these fields, which the service takes for those of its proxy.
async fn look(service: &Service, fields: Fields<'_>) -> Reply {
    let person = Person::new(service);
    let path = format!("/passport/image_code?cur_id={}", Uuid::new_v4());
    let mut request = person.request(Method::GET, &path);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    person.send_bare(request).await
}

/// The client of such a request, as limits count it and the log names it.
async fn client(service: &Service, fields: Fields<'_>) -> String {
    let reply = look(service, fields).await;
    let log = service.log_up_to(&reply).await;
    let id = reply.header("x-request-id");
    let line = log.lines().find(|line| line.contains("answered") && line.contains(id)).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    line["span"]["client"].as_str().unwrap().to_owned()
}

fn warnings(service: &Service) -> Vec<Value> {
    let log = service.log();
    let lines = log.lines().filter(|line| line.contains(r#""level":"WARN""#));
    let lines = lines.map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line["peer"].is_string()).collect()
}

#[tokio::test]
async fn x7_forged_bytes_give_no_bucket_of_their_own() {
    let service = Service::start(&[("limits.challenges_per_ip_minute", "3")]).await;
    for forged in [&b"\xff"[..], b"\xff\xff, \xff", b"x\"", b"1.1.1.1\xe4"] {
        let value = [forged, b", 198.51.100.7"].concat();
        let seen = client(&service, &[("X-Forwarded-For", &value)]).await;
        assert_eq!(seen, "198.51.100.7");
    }
    let fifth = look(&service, &[("X-Forwarded-For", b"\xfe, 198.51.100.7")]).await;
    assert_eq!(fifth.errno(), "4201", "all count as one client");
}

#[tokio::test]
async fn x7_translated_addresses_count_as_the_ones_inside() {
    let service = Service::start(&[]).await;
    for address in ["64:ff9b::198.51.100.7", "::ffff:198.51.100.7", "2002:c633:6407::1"] {
        let seen = client(&service, &[("X-Forwarded-For", address.as_bytes())]).await;
        assert_eq!(seen, "198.51.100.7", "{address}");
    }
}

#[tokio::test]
async fn w10_an_empty_element_does_not_decide_for_the_list() {
    let service = Service::start(&[]).await;
    for list in ["198.51.100.7,", "198.51.100.7, ,", ",198.51.100.7", "192.0.2.1,,198.51.100.7, "] {
        let seen = client(&service, &[("X-Forwarded-For", list.as_bytes())]).await;
        assert_eq!(seen, "198.51.100.7", "{list}");
    }
}

#[tokio::test]
async fn w11_forwarded_and_x_real_ip_count_people_apart() {
    let service = Service::start(&[]).await;
    for (name, value, expected) in [
        ("Forwarded", "for=198.51.100.7", "198.51.100.7"),
        ("Forwarded", "for=192.0.2.1, for=198.51.100.8;proto=https", "198.51.100.8"),
        ("Forwarded", "For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::/64"),
        ("Forwarded", "for=198.51.100.7, for=_hidden", "127.0.0.1"),
        ("Forwarded", "for=198.51.100.7, for=unknown", "127.0.0.1"),
        ("Forwarded", "for=\"x, for=198.51.100.9", "198.51.100.9"),
        ("X-Real-IP", "198.51.100.10", "198.51.100.10"),
    ] {
        assert_eq!(client(&service, &[(name, value.as_bytes())]).await, expected, "{value}");
    }
    let lines: Fields<'_> = &[("Forwarded", b"for=192.0.2.1"), ("Forwarded", b"for=198.51.100.7")];
    assert_eq!(client(&service, lines).await, "198.51.100.7", "over several lines");
}

#[tokio::test]
async fn w11_a_header_that_the_proxy_does_not_set_does_not_decide() {
    let [forwarded, real_ip, forwarded_for]: [(&str, &[u8]); 3] = [
        ("Forwarded", b"for=198.51.100.7"),
        ("X-Real-IP", b"198.51.100.7"),
        ("X-Forwarded-For", b"198.51.100.7"),
    ];
    let forged: [(&str, &[u8]); 3] = [
        ("Forwarded", b"for=203.0.113.1"),
        ("X-Real-IP", b"203.0.113.1"),
        ("X-Forwarded-For", b"203.0.113.1"),
    ];
    for (setting, own) in [
        ("auto", forwarded_for),
        ("x-forwarded-for", forwarded_for),
        ("forwarded", forwarded),
        ("x-real-ip", real_ip),
    ] {
        let service = Service::start(&[("http.client_address_header", setting)]).await;
        for forged in forged.into_iter().filter(|forged| forged.0 != own.0) {
            assert_eq!(client(&service, &[forged, own]).await, "198.51.100.7", "{setting}");
        }
    }
}

#[tokio::test]
async fn w11_the_first_header_that_the_settings_do_not_fit_is_warned_of() {
    let quiet: Fields<'_> = &[("X-Forwarded-For", b"198.51.100.7")];
    let real_ip: Fields<'_> = &[("X-Real-IP", b"198.51.100.7")];
    for (settings, fields, said) in [
        ([("http.trusted_proxies", "")], quiet, Some("is not in http.trusted_proxies")),
        ([("http.trusted_proxies", "")], real_ip, Some("is not in http.trusted_proxies")),
        ([("http.trusted_proxies", "192.0.2.0/24")], quiet, Some("is not in http.trusted_proxies")),
        (
            [("http.client_address_header", "auto")],
            real_ip,
            Some(r#"set http.client_address_header = "x-real-ip""#),
        ),
        (
            [("http.client_address_header", "forwarded")],
            quiet,
            Some("has no forwarded, but another forwarding header"),
        ),
        ([("http.client_address_header", "auto")], quiet, None),
    ] {
        let service = Service::start(&settings).await;
        look(&service, &[]).await;
        assert!(warnings(&service).is_empty(), "a request without a proxy is no reason");
        for _ in 0..3 {
            let last = look(&service, fields).await;
            service.log_up_to(&last).await;
        }
        let warnings = warnings(&service);
        assert_eq!(warnings.len(), usize::from(said.is_some()), "{settings:?}: {warnings:?}");
        if let (Some(said), Some(warning)) = (said, warnings.first()) {
            assert!(warning["message"].as_str().unwrap().contains(said), "{warning}");
            assert_eq!(warning["peer"], "127.0.0.1");
        }
    }
}
