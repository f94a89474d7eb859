//! What each act on codes and their charges costs.

use std::{num::NonZeroU32, time::Duration};

use passport_codes::{CodeDigest, CodeKey, Guess, Purpose, Redemption, StoredCode};
use passport_storage_redis::{RedisChargedCodes, RedisFailureStore, RedisThrottleStore};
use passport_throttle::{
    Backoff, Charge, FailureStore, Passage, Policy, Quota, Series, SeriesKey, Subject,
    ThrottleStore, Toll,
};

use super::{NOW, costs};
use crate::server::{Server, open};

#[tokio::test]
#[ignore = "needs redis-server"]
async fn acts_on_codes_and_counts_ask_no_more_than_is_listed() {
    let server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    let charged = RedisChargedCodes::new(client.clone());
    let (throttle, failures) =
        (RedisThrottleStore::new(client.clone()), RedisFailureStore::new(client));
    let put = async |number| {
        let (key, toll) = (key(number), of_message(number));
        charged.put(&toll, (&key, code()), NOW).await.unwrap()
    };
    let guess = async |number, digest| {
        let digest = CodeDigest::from_bytes([digest; 32]);
        let guess = Guess { key: key(number), digest, binding: None };
        charged.redeem(&of_guess(number), &guess, NOW).await.unwrap()
    };
    // Each script is loaded once in the life of a server.
    put(1).await;
    guess(1, 1).await;
    assert!(throttle.check(&[full(1)], NOW).await.unwrap().is_some());
    failures.check(&of_message(1).series, NOW).await.unwrap();

    // Four counts have room, and three of them get their first hit.
    let first =
        [("evalsha", 1), ("hmget", 1), ("hset", 1), ("pexpire", 4), ("zadd", 3), ("zcard", 4)];
    let passed = costs(&server, &first, Box::pin(put(2))).await;
    assert!(matches!(passed, Some(Passage::Passed(_))), "{passed:?}");
    // A later hit looks for hits that have expired, and whether the time to live has become shorter.
    tokio::time::sleep(Duration::from_millis(10)).await;
    let later = [&first[..], &[("pttl", 3), ("zrange", 3)]].concat();
    costs(&server, &later, Box::pin(put(2))).await;
    let wrong = [
        ("evalsha", 1),
        ("hincrby", 1),
        ("hmget", 2),
        ("hset", 1),
        ("pexpire", 2),
        ("zadd", 1),
        ("zcard", 1),
    ];
    let guessed = costs(&server, &wrong, Box::pin(guess(2, 2))).await;
    assert!(matches!(guessed, Some(Passage::Passed(Redemption::Mismatch { .. }))), "{guessed:?}");
    let right = [("del", 2), ("evalsha", 1), ("hmget", 2), ("zcard", 1)];
    let guessed = costs(&server, &right, Box::pin(guess(2, 1))).await;
    assert!(matches!(guessed, Some(Passage::Passed(Redemption::Accepted(_)))), "{guessed:?}");
    let toll = of_message(2);
    let check = throttle.check(&toll.charges, NOW);
    assert_eq!(costs(&server, &[("zcard", 3)], check).await.unwrap(), None);
    // A count that is full is asked for its wait.
    let wait = [("evalsha", 1), ("zcard", 2), ("zcount", 1), ("zrange", 1)];
    assert!(costs(&server, &wait, throttle.check(&[full(2)], NOW)).await.unwrap().is_some());
    assert_eq!(costs(&server, &[], throttle.check(&[], NOW)).await.unwrap(), None);
    let check = failures.check(&toll.series, NOW);
    costs(&server, &[("evalsha", 1), ("hmget", 1)], check).await.unwrap();
}

/// Three counts, one that is only checked, and a series.
fn of_message(number: u8) -> Toll {
    Toll {
        charges: ["client-hour", "client-day", "phone-hour"]
            .map(|policy| charge(policy, number))
            .to_vec(),
        checked: vec![charge("wrong-codes", number)],
        series: vec![series(number)],
    }
}

fn of_guess(number: u8) -> Toll {
    let charges = vec![charge("wrong-codes", number)];
    Toll { charges, series: vec![series(number)], ..Toll::default() }
}

fn charge(policy: &'static str, number: u8) -> Charge {
    let quota = Quota::new(10, Duration::from_mins(1)).unwrap();
    Charge::new(Policy::new(policy), Subject::new([number; 16]), quota)
}

/// The count of a client, for which one message is enough.
fn full(number: u8) -> Charge {
    let quota = Quota::new(1, Duration::from_mins(1)).unwrap();
    Charge { quota, ..charge("client-hour", number) }
}

fn series(number: u8) -> Series {
    let backoff = Backoff::new(19, Duration::from_mins(1), Duration::from_mins(1), 100).unwrap();
    Series { key: SeriesKey::new([number; 32]), backoff }
}

fn key(number: u8) -> CodeKey {
    CodeKey::new(Purpose::new("sign_in"), format!("{number:032x}"))
}

fn code() -> StoredCode {
    StoredCode {
        digest: CodeDigest::from_bytes([1; 32]),
        binding: None,
        tries_left: NonZeroU32::new(5).unwrap(),
        expires_at: NOW + Duration::from_mins(5),
    }
}
