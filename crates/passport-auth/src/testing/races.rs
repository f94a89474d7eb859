//! Clauses on acts at the same time. Each has a limit that only an atomic store keeps.

use passport_codes::Redemption;
use passport_throttle::{Passage, Toll};

use super::room::{ChargedStores, RIGHT, Room, WRONG, race};

const RIVALS: u8 = 12;

/// Of many concurrent puts as many pass as the counts allow, and the code that remains is of one that
/// passed.
pub async fn parallel_puts_do_not_outrun_the_counts(stores: ChargedStores) {
    for round in 0..50 {
        let room = Room::new(&stores, 20 + round);
        let toll = room.toll(3);
        let outcomes = race(RIVALS, |rival| {
            let (room, toll) = (room.clone(), toll.clone());
            async move { (rival, room.put_of(rival, &toll).await) }
        })
        .await;
        let passed = outcomes.iter().filter(|(_, it)| matches!(it, Passage::Passed(_)));
        let passed: Vec<_> = passed.map(|(rival, _)| *rival).collect();
        assert_eq!(passed.len(), 3, "round {round}: {passed:?}");
        let mut held = Vec::new();
        for rival in 0..RIVALS {
            if room.holds(rival).await {
                held.push(rival);
            }
        }
        assert!(held.len() == 1 && passed.contains(&held[0]), "round {round}: {held:?}");
        assert_eq!(room.all_used(&toll).await, [3, 3, 0, 0], "round {round}");
    }
}

/// The number of concurrent guesses that are compared exceeds neither the counts nor the series.
pub async fn parallel_guesses_do_not_outrun_the_counts(stores: ChargedStores) {
    for round in 0..50 {
        let room = Room::new(&stores, 80 + round);
        let of_counts = Toll { series: vec![room.series(50)], ..room.toll(3) };
        // The failure after the free ones is allowed too: it delays the next one.
        let of_series = Toll { series: vec![room.series(2)], ..room.toll(50) };
        let toll = if round % 2 == 0 { of_counts } else { of_series };
        room.put(&Toll::default()).await;
        let outcomes = race(RIVALS, |_| {
            let (room, toll) = (room.clone(), toll.clone());
            async move { room.redeem(WRONG, &toll).await }
        })
        .await;
        let compared =
            |it: &&Passage<Redemption>| matches!(it, Passage::Passed(Redemption::Mismatch { .. }));
        assert_eq!(outcomes.iter().filter(compared).count(), 3, "round {round}: {outcomes:?}");
        assert_eq!(room.all_used(&toll).await, [3, 3, 0, 0], "round {round}");
        assert_eq!(room.failed().await, 3, "round {round}");
        let guessed = room.redeem(RIGHT, &toll).await;
        assert!(!matches!(guessed, Passage::Passed(_)), "round {round}: {guessed:?}");
        assert!(room.holds(RIGHT).await, "round {round}");
    }
}

/// Exactly one of many concurrent right guesses is accepted, and none of them counts.
pub async fn parallel_right_guesses_have_one_winner(stores: ChargedStores) {
    for round in 0..50 {
        let room = Room::new(&stores, 140 + round);
        let toll = room.toll(50);
        room.put(&Toll::default()).await;
        let outcomes = race(RIVALS, |_| {
            let (room, toll) = (room.clone(), toll.clone());
            async move { room.redeem(RIGHT, &toll).await }
        })
        .await;
        let won =
            |it: &&Passage<Redemption>| matches!(it, Passage::Passed(Redemption::Accepted(_)));
        assert_eq!(outcomes.iter().filter(won).count(), 1, "round {round}: {outcomes:?}");
        assert_eq!(room.all_used(&toll).await, [0; 4], "round {round}");
        assert_eq!(room.failed().await, 0, "round {round}");
    }
}
