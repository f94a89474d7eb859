//! Messages to the inbox, which replaces phones in development, and to gateways.

use std::{net::TcpListener, sync::Arc};

use reqwest::redirect::Policy;
use tempfile::tempdir;

use crate::support::{GatewayDouble, PASSWORD, Person, Reply, Service, phone};

pub(crate) const PRODUCTION: [(&str, &str); 10] = [
    ("http.listen", "127.0.0.1:0"),
    ("environment", "production"),
    ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
    ("http.public_url", "https://passport.test"),
    ("sms.gateways", "yuntongxun"),
    ("sms.yuntongxun.account_sid", "sid"),
    ("sms.yuntongxun.auth_token", "a token that stays secret"),
    ("sms.yuntongxun.app_id", "app"),
    ("sms.yuntongxun.template_id", "1"),
    // No server listens at this address.
    ("sms.yuntongxun.endpoint", "https://127.0.0.1:1"),
];

#[tokio::test]
async fn messages_appear_newest_first() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let (first, second) = (phone(), phone());
    let codes = [person.request_code(&first).await, person.request_code(&second).await];
    let reply = person.get_bare("/dev/inbox.json").await;
    assert_eq!(reply.header("cache-control"), "no-store");
    let inbox = reply.json();
    assert_eq!(inbox.as_array().unwrap().len(), 2);
    for (message, (phone, code)) in
        [(&inbox[0], (second, &codes[1])), (&inbox[1], (first, &codes[0]))]
    {
        assert_eq!(message["to"], format!("+86{phone}"));
        assert_eq!(message["code"], **code);
        assert_eq!(code.len(), 6);
        assert!(message["at"].as_str().unwrap().ends_with('Z'));
    }
}

#[tokio::test]
async fn production_has_no_inbox() {
    let service = Service::start_bare(&Arc::new(tempdir().unwrap()), &PRODUCTION).await;
    let person = Person::new(&service);
    for path in ["/dev/inbox", "/dev/inbox.json", "/dev/"] {
        assert_eq!(person.get_bare(path).await.status, 404, "{path}");
    }
    assert_eq!(person.get("/sign-up").await.status, 200);
    assert!(service.log().starts_with('{'), "the log is JSON");
    // OTP-8, API-6
    assert!(!service.log().contains("a token that stays secret"));
    assert!(!service.log().contains("0f1e2d3c4b5a6978"));
}

#[tokio::test]
async fn x10_the_inbox_is_for_the_person_at_this_machine() {
    let service = Service::start(&[]).await;
    let port = service.address().port();
    let ask = async |host: &str, more: &str| {
        let mut statuses = Vec::new();
        for path in ["/dev/inbox", "/dev/inbox.json"] {
            let head = format!("GET {path} HTTP/1.1\r\n{host}{more}Connection: close\r\n\r\n");
            let answer = service.send_raw(head.as_bytes()).await;
            statuses.push(answer.split(' ').nth(1).unwrap().to_owned());
        }
        assert_eq!(statuses[0], statuses[1]);
        statuses.remove(0)
    };
    for host in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
        assert_eq!(ask(&format!("Host: {host}\r\n"), "").await, "200", "{host}");
        let with_port = format!("Host: {host}:{port}\r\n");
        assert_eq!(ask(&with_port, "").await, "200", "{host}");
        for field in [
            "X-Forwarded-For: 127.0.0.1\r\n",
            "Forwarded: for=127.0.0.1\r\n",
            "X-Real-IP: 127.0.0.1\r\n",
            "X-Forwarded-Host: localhost\r\n",
            "Via: 1.1 proxy\r\n",
        ] {
            assert_eq!(ask(&with_port, field).await, "404", "{field}");
        }
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "192.168.1.5", "::1"]
    {
        assert_eq!(ask(&format!("Host: {host}\r\n"), "").await, "404", "{host}");
        assert_eq!(ask(&format!("Host: {host}:{port}\r\n"), "").await, "404", "{host}");
    }
}

#[tokio::test]
async fn a_service_on_a_public_address_has_no_inbox() {
    let service = Service::start(&[("http.listen", "0.0.0.0:0")]).await;
    let person = Person::new(&service);
    for path in ["/dev/inbox", "/dev/inbox.json"] {
        assert_eq!(person.get_bare(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn o6_the_inbox_opens_once_by_a_link_where_others_can_reach_it() {
    let service = Service::start(&[("http.listen", "0.0.0.0:0")]).await;
    let log = service.log();
    let (_, link) = log.split_once("/dev/inbox/open/").expect(&log);
    let path = format!("/dev/inbox/open/{}", link.split('"').next().unwrap());

    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let get = async |path: &str, cookie: &str| {
        let request = http.get(format!("{}{path}", service.url())).header("Cookie", cookie);
        Reply::to(request).await.unwrap()
    };
    assert_eq!(get("/dev/inbox/open/0", "").await.status, 404);
    assert_eq!(get("/dev/inbox.json", "").await.status, 404);
    let reply = get(&path, "").await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), "/dev/inbox");
    let cookie = reply.header("set-cookie").to_owned();
    for word in ["HttpOnly", "SameSite=Lax", "Path=/dev/inbox"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(!cookie.contains(path.rsplit('/').next().unwrap()), "the key is not the cookie");
    let value = cookie.split(';').next().unwrap();
    let others = ["", "passport_inbox=", "passport_inbox=0", "passport_inbox"];
    for path in ["/dev/inbox", "/dev/inbox.json"] {
        assert_eq!(get(path, value).await.status, 200, "{path}");
        for other in others {
            assert_eq!(get(path, other).await.status, 404, "{path} {other}");
        }
    }
    assert_eq!(get(&path, "").await.status, 410, "the link was used");
    assert_eq!(get(&path, value).await.status, 303, "the same browser may come again");
    // Bytes that are no text, in a cookie of another application, change nothing.
    let value = cookie.split(';').next().unwrap();
    let head = b"GET /dev/inbox.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: n=\xb1; ";
    let request = [head, value.as_bytes(), b"\r\n\r\n"].concat();
    assert!(service.send_raw(&request).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn o6_the_ready_text_says_what_other_devices_need() {
    let pretty = ("log.format", "pretty");
    let service = Service::start(&[("http.listen", "0.0.0.0:0"), pretty]).await;
    let log = service.log_up_to(&Person::new(&service).get("/sign-up").await).await;
    let note = log.lines().find(|line| line.starts_with("  note ")).expect(&log);
    for words in
        ["listens on 0.0.0.0:", "forms only from pages at http://127.0.0.1:", "http.public_url"]
    {
        assert!(note.contains(words), "{words}: {note}");
    }
    let inbox = log.lines().find(|line| line.contains("/dev/inbox/open/")).expect(&log);
    assert!(inbox.contains("opens it once"), "{inbox}");

    let service = Service::start(&[("http.listen", "0.0.0.0:0")]).await;
    assert!(service.log().contains("set http.public_url"), "{}", service.log());
    let service = Service::start(&[pretty]).await;
    let log = service.log_up_to(&Person::new(&service).get("/sign-up").await).await;
    assert!(!log.contains("  note "), "{log}");
}

#[tokio::test]
async fn the_inbox_is_announced_only_where_it_exists() {
    let double = GatewayDouble::start("webhook");
    let webhook = double.settings("webhook");
    for (gateways, banner, is_there) in [
        ("console", Some("(development: messages appear here, none is sent)"), true),
        (
            "webhook,console",
            Some("(development: messages to the console appear here, others are sent)"),
            true,
        ),
        ("webhook", None, false),
    ] {
        let mut settings = vec![("sms.gateways", gateways), ("log.format", "pretty")];
        settings.extend(webhook.iter().map(|(key, value)| (&**key, &**value)));
        let service = Service::start(&settings).await;
        let person = Person::new(&service);
        let log = service.log_up_to(&person.get("/sign-up").await).await;
        let line = log.lines().find(|line| line.contains("/dev/inbox"));
        let said = line.map(|line| &line[line.find('(').unwrap()..]);
        assert_eq!(said, banner, "{gateways}");
        let page = person.get("/sign-in").await.text();
        assert_eq!(page.contains("href=\"/dev/inbox\""), is_there, "{gateways}: {page}");
        let status = if is_there { 200 } else { 404 };
        assert_eq!(person.get_bare("/dev/inbox.json").await.status, status, "{gateways}");
    }
}

/// In development, so that the image can be solved with the test answer.
async fn with_gateway(endpoint: &str) -> Service {
    let settings = PRODUCTION.map(|(key, value)| match key {
        "environment" => (key, "development"),
        "sms.yuntongxun.endpoint" => (key, endpoint),
        _ => (key, value),
    });
    let timeouts =
        [("sms.yuntongxun.connect_timeout", "200ms"), ("sms.yuntongxun.timeout", "500ms")];
    Service::start(&[&settings[..], &timeouts].concat()).await
}

#[tokio::test]
async fn otp_10_a_failing_gateway_leaves_no_usable_code_and_charges_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = format!("https://{}", listener.local_addr().unwrap());
    // One where nothing listens, and one that accepts connections and never answers.
    for endpoint in ["https://127.0.0.1:1", &mute] {
        let service = with_gateway(endpoint).await;
        let (person, phone) = (Person::new(&service), phone());
        for _ in 0..3 {
            person.try_request_code(&phone).await.says("4301", "云通讯发送失败");
        }
        let reply = person.register(&phone, "000000", PASSWORD).await;
        reply.says("4002", "短信验证码已经过期");
        assert!(!service.log().contains(&phone));
        assert!(!service.log().contains("a token that stays secret"));
    }
}
