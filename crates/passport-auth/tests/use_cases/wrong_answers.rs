//! Wrong answers of challenges, which are limited for each client over all kinds of challenges.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use futures::future::join_all;
use passport_auth::{
    ChallengeError, ChallengeId, ChallengeRefusal, ClientAddress, CodeRequest, Denied, Locale,
    RequestCodeError, policies,
};
use passport_throttle::Refusal;
use uuid::Uuid;

use crate::{
    doubles::ANSWER,
    world::{World, client, nth_phone},
};

const LIMIT: usize = 20;
const HOUR: Duration = Duration::from_hours(1);

/// A new challenge of another client, of either kind.
async fn challenge(world: &World, n: usize) -> ChallengeId {
    if n.is_multiple_of(2) {
        return world.challenge().await;
    }
    let other = IpAddr::from(Ipv6Addr::from(Uuid::new_v4().as_u128()));
    world.new_challenge.issue(other.into()).await.expect("a challenge is issued").id.into()
}

fn address(text: &str) -> ClientAddress {
    text.parse::<IpAddr>().expect("it is an address").into()
}

async fn answer(
    world: &World,
    n: usize,
    client: ClientAddress,
    answer: &str,
) -> Result<(), RequestCodeError> {
    let challenge = challenge(world, n).await;
    let own = world.code_request(&nth_phone(n)).await;
    let request =
        CodeRequest { challenge, client: client.into(), answer: answer.to_owned(), ..own };
    world.request_code.send(request).await.map(drop)
}

async fn use_up(world: &World, by: ClientAddress) {
    for n in 1_000..1_000 + LIMIT {
        let outcome = answer(world, n, by, "wrong").await;
        assert!(
            matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))),
            "{n}: {outcome:?}"
        );
    }
}

#[track_caller]
fn refused(denied: &Denied) -> Duration {
    let Denied::TooMany(Refusal { policy, retry_after, .. }) = denied else { panic!("{denied:?}") };
    assert_eq!(*policy, policies::WRONG_ANSWERS_PER_CLIENT);
    *retry_after
}

#[tokio::test]
async fn h1_after_twenty_wrong_answers_nothing_is_compared_for_an_hour() {
    let world = World::new();
    use_up(&world, client(1)).await;
    for (n, guess) in [(100, "wrong"), (101, "wrong"), (102, ANSWER), (103, ANSWER)] {
        let Err(RequestCodeError::Denied(denied)) = answer(&world, n, client(1), guess).await
        else {
            panic!("answer {n} was compared");
        };
        assert_eq!(refused(&denied), HOUR);
    }
    assert!(world.gateway.messages().is_empty());
    answer(&world, 104, client(2), ANSWER).await.unwrap();

    world.clock.advance(HOUR.saturating_sub(Duration::from_millis(1)));
    assert!(matches!(
        answer(&world, 105, client(1), ANSWER).await,
        Err(RequestCodeError::Denied(_))
    ));
    world.clock.advance(Duration::from_millis(1));
    answer(&world, 106, client(1), ANSWER).await.unwrap();
}

#[tokio::test]
async fn h1_then_no_challenge_is_given_shown_or_spoken_either() {
    let world = World::new();
    let id = world.new_challenge.issue(client(1)).await.unwrap().id;
    let drawn = world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.unwrap();
    use_up(&world, client(1)).await;
    let present = &world.present_challenge;
    let outcomes = [
        world.new_challenge.issue(client(1)).await.map(drop),
        world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.map(drop),
        present.picture(&id, client(1)).await.map(drop),
        present.sound(&id, Locale::En, client(1)).await.map(drop),
        present.sound_of(&drawn.ticket, Locale::En, client(1)).await.map(drop),
    ];
    for outcome in outcomes {
        let Err(ChallengeError::Denied(denied)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(refused(&denied), HOUR);
    }
    world.new_challenge.issue(client(2)).await.unwrap();
    present.picture(&id, client(2)).await.unwrap();
}

#[tokio::test]
async fn h1_a_right_answer_costs_nothing_and_refunds_no_wrong_one() {
    let world = World::with(|setup| {
        setup.quotas.sms_per_client_hour = crate::setup::quota(1_000, HOUR);
        setup.quotas.sms_per_client_day = crate::setup::quota(1_000, 24 * HOUR);
    });
    for n in 0..3 * LIMIT {
        answer(&world, n, client(1), ANSWER).await.unwrap();
    }
    for n in 0..LIMIT {
        let wrong = answer(&world, 100 + n, client(1), "wrong").await;
        assert!(matches!(wrong, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))));
        if n + 1 < LIMIT {
            answer(&world, 200 + n, client(1), ANSWER).await.unwrap();
        }
    }
    let Err(RequestCodeError::Denied(denied)) = answer(&world, 300, client(1), ANSWER).await else {
        panic!("a right answer refunded a wrong one");
    };
    assert_eq!(refused(&denied), HOUR);
}

#[tokio::test]
async fn h1_parallel_guesses_do_not_outrun_the_count() {
    let world = World::new();
    let mut requests = Vec::new();
    for n in 0..5 * LIMIT {
        let challenge = challenge(&world, n).await;
        let own = world.code_request(&nth_phone(n)).await;
        requests.push(CodeRequest { challenge, answer: "wrong".to_owned(), ..own });
    }
    let outcomes = join_all(requests.into_iter().map(|it| world.request_code.send(it))).await;
    let compared = outcomes.iter().filter(|outcome| {
        matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong)))
    });
    assert_eq!(compared.count(), LIMIT);
}

#[tokio::test]
async fn h1_addresses_of_one_network_share_a_wider_limit() {
    for (compared, nth) in [
        (16 * LIMIT, (|n| format!("198.51.100.{}", n / LIMIT)) as fn(usize) -> String),
        (4 * LIMIT, |n| format!("2001:db8:1:{:x}::1", n / LIMIT)),
        (16 * LIMIT, |n| format!("2001:db8:1:{:x}00::1", n / LIMIT)),
    ] {
        let world = World::new();
        for n in 0..=compared {
            let outcome = answer(&world, n, address(&nth(n)), "wrong").await;
            let is_compared = !matches!(outcome, Err(RequestCodeError::Denied(Denied::TooMany(_))));
            assert_eq!(is_compared, n < compared, "{n}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn h1_what_is_no_answer_to_a_live_challenge_is_not_counted() {
    let world = World::new();
    let spent = challenge(&world, 1).await;
    let own = world.code_request(&nth_phone(1)).await;
    let request = CodeRequest { challenge: spent, client: client(9).into(), ..own };
    world.request_code.send(request.clone()).await.unwrap();
    for n in 0..2 * LIMIT {
        let phone = nth_phone(10 + n).parse().unwrap();
        let challenge = if n % 2 == 0 { spent } else { Uuid::new_v4().into() };
        let again = CodeRequest { phone, challenge, client: client(1).into(), ..request.clone() };
        let outcome = world.request_code.send(again).await;
        assert!(
            matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))),
            "{outcome:?}"
        );
    }
    use_up(&world, client(1)).await;
}
