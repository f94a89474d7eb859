//! Clauses on guesses.

use passport_codes::Redemption;
use passport_throttle::{Block, Passage, Toll};

use super::room::{ChargedStores, MINUTE, RIGHT, Room, WRONG, blocked, refused};

/// A wrong guess costs a try, a hit on each charge and a failure in the series.
pub async fn a_wrong_guess_counts_everywhere(stores: ChargedStores) {
    let room = Room::new(&stores, 11);
    let toll = room.toll(3);
    room.put(&Toll::default()).await;
    for (wrong, tries) in [(1, 9), (2, 8), (3, 7)] {
        let guessed = room.redeem(WRONG, &toll).await;
        assert!(
            matches!(guessed, Passage::Passed(Redemption::Mismatch { tries_left }) if tries_left == tries),
            "{guessed:?}"
        );
        assert_eq!(room.all_used(&toll).await, [wrong, wrong, 0, 0]);
        assert_eq!(room.failed().await, wrong);
    }
    assert_eq!(refused(&room.redeem(WRONG, &toll).await).policy, toll.charges[1].policy);
}

/// A right guess spends the code and ends the series; nothing is counted.
pub async fn a_right_guess_ends_the_series_and_counts_nothing(stores: ChargedStores) {
    let room = Room::new(&stores, 12);
    let toll = room.toll(2);
    room.put(&Toll::default()).await;
    room.redeem(WRONG, &toll).await;
    let guessed = room.redeem(RIGHT, &toll).await;
    let Passage::Passed(Redemption::Accepted(spent)) = guessed else {
        panic!("the guess is right: {guessed:?}");
    };
    assert_eq!(spent.tries_left.get(), 9);
    assert!(!room.holds(RIGHT).await);
    assert_eq!(room.all_used(&toll).await, [1, 1, 0, 0]);
    assert_eq!(room.failed().await, 0);
}

/// A guess at a code that was never put, is of another request, or was spent changes nothing.
pub async fn a_guess_at_a_missing_code_changes_nothing(stores: ChargedStores) {
    let room = Room::new(&stores, 13);
    let toll = room.toll(3);
    let is_missing = async |digest, binding| {
        let guessed = room.redeem_of(&room.guess(digest, binding), &toll).await;
        assert!(matches!(guessed, Passage::Passed(Redemption::Missing)), "{guessed:?}");
    };
    room.fail(room.series(3)).await;
    is_missing(RIGHT, Some(7)).await;
    room.put(&Toll::default()).await;
    for binding in [None, Some(8)] {
        is_missing(RIGHT, binding).await;
        is_missing(WRONG, binding).await;
    }
    assert_eq!(room.failed().await, 1, "nothing is counted, and the series goes on");
    room.redeem(RIGHT, &toll).await;
    is_missing(RIGHT, Some(7)).await;
    assert_eq!(room.all_used(&toll).await, [0; 4]);
    assert_eq!(room.failed().await, 0);
}

/// Without room for a wrong guess a right one is not compared: it spends nothing and costs no try.
pub async fn nothing_is_compared_without_room_for_a_wrong_guess(stores: ChargedStores) {
    let room = Room::new(&stores, 14);
    let toll = room.toll(1);
    room.put(&Toll::default()).await;
    for full in toll.counts() {
        room.fill(*full).await;
        for digest in [WRONG, RIGHT] {
            let refusal = refused(&room.redeem(digest, &toll).await);
            assert_eq!((refusal.policy, refusal.retry_after), (full.policy, MINUTE));
        }
        stores.throttle.clear(&[*full]).await.expect("store answers");
    }
    let series = room.series(0);
    room.fail(series).await;
    let of_series = Toll { series: vec![series], ..toll.clone() };
    for digest in [WRONG, RIGHT] {
        assert_eq!(blocked(&room.redeem(digest, &of_series).await), Block::Wait(MINUTE));
    }
    assert_eq!(room.all_used(&toll).await, [0; 4]);
    assert_eq!(room.failed().await, 1);
    stores.failures.clear(&series.key).await.expect("store answers");
    let guessed = room.redeem(WRONG, &toll).await;
    assert!(
        matches!(guessed, Passage::Passed(Redemption::Mismatch { tries_left: 9 })),
        "{guessed:?}"
    );
}
