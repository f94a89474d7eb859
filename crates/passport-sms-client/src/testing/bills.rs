use std::sync::Arc;

use crate::bill::{Bill, Price};
use crate::outbox::{AttemptStatus, Billed, Cost, Outbox};
use crate::testing::room::Room;
use crate::testing::{LAPSED, NOW};

fn bill(price: Option<&str>, parts: Option<u32>) -> Bill {
    let price = price.map(|text| Price::parse(text, "EUR").expect("a price"));
    Bill::UNKNOWN.with_price(price).with_parts(parts)
}

fn cost(gateway: &str, currency: &str, thousandths: i64, messages: u64, parts: u64) -> Cost {
    Cost {
        gateway: gateway.to_owned(),
        country: "+86".parse().expect("a prefix"),
        currency: (!currency.is_empty()).then(|| currency.parse().expect("a currency")),
        thousandths,
        messages,
        parts,
    }
}

/// The bill of an accepted attempt is kept and summed; what a later one does not tell stays.
pub async fn bills_are_kept_and_summed(outbox: Arc<dyn Outbox>) {
    let room = Room::accepted(Arc::clone(&outbox), "a", "id-1").await;
    let other = Room::accepted(Arc::clone(&outbox), "a", "id-2").await;
    let third = Room::accepted(Arc::clone(&outbox), "b", "id-1").await;
    _ = Room::accepted(Arc::clone(&outbox), "c", "id-4").await;
    let billed = async |attempt: Billed<'_>, gateway: &str, bill| {
        outbox.billed(attempt, gateway, bill).await.expect("outbox answers")
    };
    let costs = async || outbox.costs(NOW, LAPSED).await.expect("outbox answers");
    assert_eq!(costs().await, []);
    assert!(billed(Billed::Message(room.entry().id), "a", bill(Some("0.0333"), Some(2))).await);
    assert!(billed(Billed::ProviderId("id-2"), "a", bill(Some("0.0333"), None)).await);
    assert!(billed(Billed::Message(third.entry().id), "b", bill(None, Some(1))).await);
    assert_eq!(costs().await, [cost("a", "EUR", 6_660, 2, 2), cost("b", "", 0, 1, 1)]);

    // The final price replaces the estimated one, and the parts stay.
    assert!(billed(Billed::ProviderId("id-1"), "a", bill(Some("0.04"), None)).await);
    let usd = Bill::UNKNOWN.with_price(Price::parse("1", "USD"));
    assert!(billed(Billed::Message(other.entry().id), "a", usd).await);
    assert_eq!(
        costs().await,
        [cost("a", "EUR", 4_000, 1, 2), cost("a", "USD", 100_000, 1, 0), cost("b", "", 0, 1, 1)]
    );
    assert_eq!(
        outbox.costs(LAPSED, LAPSED + crate::testing::room::LIFE).await.expect("outbox answers"),
        []
    );
}

/// Only an attempt that the gateway accepted has a bill.
pub async fn only_accepted_attempts_have_a_bill(outbox: Arc<dyn Outbox>) {
    let room = Room::open(Arc::clone(&outbox), NOW).await;
    _ = room.begin("a", NOW).await;
    let known = bill(Some("0.0333"), Some(1));
    let billed = async |attempt: Billed<'_>, gateway: &str| {
        outbox.billed(attempt, gateway, known).await.expect("outbox answers")
    };
    let id = room.entry().id;
    assert!(!billed(Billed::Message(id), "a").await, "it is in doubt");
    room.end("a", AttemptStatus::Refused, None).await;
    assert!(!billed(Billed::Message(id), "a").await, "it was refused");
    let accepted = Room::accepted(Arc::clone(&outbox), "a", "id-1").await;
    assert!(!billed(Billed::Message(accepted.entry().id), "b").await, "another gateway");
    assert!(!billed(Billed::ProviderId("id-2"), "a").await, "another id");
    assert!(!billed(Billed::Message(uuid::Uuid::new_v4()), "a").await, "an unknown message");
    assert_eq!(outbox.costs(NOW, LAPSED).await.expect("outbox answers"), []);
}
