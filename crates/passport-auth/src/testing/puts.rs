//! Clauses on codes that are stored.

use passport_throttle::{Block, Hit, Passage, Toll};

use super::room::{ChargedStores, MINUTE, RIGHT, Room, WRONG, blocked, refused};

/// A code is stored and its charges are counted; the hit can be refunded in parts. What is only checked is
/// not counted, nor is a failure.
pub async fn put_charges_and_stores(stores: ChargedStores) {
    let room = Room::new(&stores, 1);
    let toll = room.toll(2);
    room.put_of(WRONG, &toll).await;
    let hit = room.put(&toll).await;
    assert_eq!(hit.charges, toll.charges);
    assert!(
        room.holds(RIGHT).await && !room.holds(WRONG).await,
        "the later code replaces the former"
    );
    assert_eq!(room.all_used(&toll).await, [2, 2, 0, 0]);
    assert_eq!(room.failed().await, 0);
    let part = Hit { id: hit.id, charges: vec![toll.charges[0]] };
    stores.throttle.refund(&part).await.expect("store answers");
    assert_eq!(room.all_used(&toll).await, [1, 2, 0, 0]);
}

/// Without room in a count, or in a series that does not allow an attempt, nothing is counted and the former
/// code stays. The longest wait of the counts is told, before a series.
pub async fn a_put_that_does_not_pass_changes_nothing(stores: ChargedStores) {
    let room = Room::new(&stores, 2);
    let toll = room.toll(1);
    room.put(&Toll::default()).await;
    for (place, full) in toll.counts().enumerate() {
        room.fill(*full).await;
        let before = room.all_used(&toll).await;
        let refusal = refused(&room.put_of(WRONG, &toll).await);
        assert_eq!((refusal.policy, refusal.quota), (full.policy, full.quota));
        assert_eq!(refusal.retry_after, MINUTE);
        assert!(room.holds(RIGHT).await, "count {place}");
        assert_eq!(room.all_used(&toll).await, before, "count {place}");
        stores.throttle.clear(&[*full]).await.expect("store answers");
    }
    let series = room.series(0);
    room.fail(series).await;
    let toll = Toll { series: vec![series], ..toll };
    assert_eq!(blocked(&room.put_of(WRONG, &toll).await), Block::Wait(MINUTE));
    assert!(room.holds(RIGHT).await);
    assert_eq!(room.all_used(&toll).await, [0; 4]);
    room.fill(toll.checked[0]).await;
    assert_eq!(refused(&room.put_of(WRONG, &toll).await).policy, toll.checked[0].policy);
    assert_eq!(room.failed().await, 1);
}

/// A code without charges is stored.
pub async fn a_put_without_charges_passes(stores: ChargedStores) {
    let room = Room::new(&stores, 3);
    let passed = room.put_of(RIGHT, &Toll::default()).await;
    assert!(matches!(&passed, Passage::Passed(hit) if hit.charges.is_empty()), "{passed:?}");
    assert!(room.holds(RIGHT).await);
}
