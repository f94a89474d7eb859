//! Keys of Redis end up in backups, slow logs and monitoring: no number and no address is in them.

use reqwest::Url;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{PASSWORD, Person, Service, phone, redis};

/// Address of the client of this test alone (RFC 5737).
const ADDRESS: &str = "203.0.113.199";

/// All keys of the server. The test speaks the protocol itself, because the service has no command
/// that lists keys.
async fn keys(url: &str) -> Vec<String> {
    let url: Url = url.parse().unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap_or(6379));
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(b"KEYS passport:*\r\nQUIT\r\n").await.unwrap();
    let mut reply = Vec::new();
    connection.read_to_end(&mut reply).await.unwrap();
    let reply = String::from_utf8_lossy(&reply).into_owned();
    reply.lines().filter(|line| line.starts_with("passport:")).map(str::to_owned).collect()
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn no_key_contains_a_number_or_an_address_after_sign_up_and_sign_in() {
    let redis = redis();
    let service = Service::start(&[("store.url", &redis), ("session.store", "store")]).await;
    let (person, number) = (Person::from_address(&service, ADDRESS), phone());
    // A code that is still live, and counts of every limit.
    let unused = phone();
    person.request_code(&unused).await;
    person.register(&unused, "000000", PASSWORD).await;
    person.sign_up(&number, PASSWORD).await;
    person.login(&number, "wrong horse battery").await;
    person.sign_in(&number, PASSWORD).await;
    person.post("/api/v1/challenges", serde_json::json!({})).await;

    let keys = keys(&redis).await;
    for part in [
        "passport:{throttle}:sms-per-phone-hour:",
        "passport:{throttle}:login-failures-per-client:",
        "passport:{throttle}:wrong-codes-per-phone:",
        "passport:{throttle}:challenges:",
        "passport:code:register:",
        "passport:code:challenge:",
        "passport:{session}:record:",
    ] {
        assert!(keys.iter().any(|key| key.starts_with(part)), "no key begins with {part}");
    }
    for key in &keys {
        for clear in [&*number, &*unused, ADDRESS, "+86"] {
            assert!(!key.contains(clear), "{key} contains {clear}");
        }
    }
}
