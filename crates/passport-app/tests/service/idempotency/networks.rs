//! The networks around clients have a bounded number of keys too.

use futures::{StreamExt, stream};
use reqwest::Method;
use uuid::Uuid;

use super::is_problem;
use crate::support::{Person, Reply, Service};

async fn call(person: &Person) -> Reply {
    let request = person.request(Method::DELETE, "/api/v1/sessions");
    person.send(request.header("Idempotency-Key", Uuid::new_v4().to_string())).await
}

#[tokio::test]
async fn idem_5_the_clients_of_a_network_have_a_bounded_number_of_keys() {
    let service = Service::start(&[]).await;
    let at = |address: &str| Person::from_address(&service, address);
    // All of one /56, which may use the keys of four clients.
    let clients: Vec<_> = (0..5).map(|n| at(&format!("2001:db8:1:20{n}::1"))).collect();
    let calls = clients[..4].iter().flat_map(|client| (0..240).map(move |_| call(client)));
    let replies: Vec<_> = stream::iter(calls).buffer_unordered(8).collect().await;
    assert_eq!(replies.len(), 960);
    for reply in &replies {
        is_problem(reply, 401, "not-signed-in");
    }
    let refused = call(&clients[4]).await;
    is_problem(&refused, 429, "too-many");
    let policy = refused.header("ratelimit-policy");
    assert!(policy.contains("idempotency-keys-per-network"), "{policy}");
    is_problem(&call(&at("2001:db8:1:300::1")).await, 401, "not-signed-in");
}
