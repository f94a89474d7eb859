//! Unsolved challenges leave nothing behind, and harm no other challenge.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use futures::future::join_all;
use passport_auth::{
    CarriedTicket, ChallengeError, ChallengeId, ChallengeRefusal, ClientAddress, CodeRequest,
    RequestCodeError,
};
use uuid::Uuid;

use crate::{
    doubles::ANSWER,
    world::{World, client, code_request_of, nth_phone},
};

/// More than a store keeps.
const FLOOD: u64 = 20_000;

/// A client in a /48 of its own.
fn nth_client(n: u64) -> ClientAddress {
    IpAddr::from(Ipv6Addr::from_bits(u128::from(n) << 80)).into()
}

async fn draw(world: &World, client: ClientAddress) -> CarriedTicket {
    let drawn = world.new_challenge.draw(Uuid::new_v4(), None, client).await;
    drawn.expect("a picture is drawn").ticket
}

async fn answer(
    world: &World,
    n: usize,
    challenge: impl Into<ChallengeId>,
    answer: &str,
) -> Result<(), RequestCodeError> {
    let own = world.code_request(&nth_phone(n)).await;
    let (challenge, answer) = (challenge.into(), answer.to_owned());
    world.request_code.send(CodeRequest { challenge, answer, ..own }).await.map(drop)
}

fn is_missing(outcome: &Result<(), RequestCodeError>) -> bool {
    matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing)))
}

#[tokio::test]
async fn x8_an_issued_challenge_stores_nothing() {
    let world = World::new();
    world.outage.calls();
    let mut ids = Vec::new();
    for n in 0..100 {
        ids.push(world.new_challenge.issue(nth_client(n)).await.unwrap().id);
        world.present_challenge.picture(&ids[0], nth_client(n)).await.unwrap();
    }
    let calls = world.outage.calls();
    assert!(calls.iter().all(|call| *call == "throttle.check"), "{calls:?}");
    for (n, id) in ids.into_iter().enumerate().take(5) {
        answer(&world, n, id, ANSWER).await.unwrap();
        assert!(is_missing(&answer(&world, 50 + n, id, ANSWER).await));
    }
}

#[tokio::test]
async fn x8_a_flood_of_chosen_ids_is_stored_up_to_a_bound_and_pushes_nothing_out() {
    let world = World::new();
    let before = draw(&world, client(1)).await;
    world.outage.calls();
    let mut last = None;
    for n in 1..=FLOOD {
        last = Some(draw(&world, nth_client(n)).await);
    }
    let stored = world.outage.calls().iter().filter(|call| **call == "codes.put").count();
    assert!(stored <= 16_384, "{stored}");

    answer(&world, 1, before.id(), ANSWER).await.unwrap();
    // The newest are in no store: their clients have to carry them.
    let last = last.unwrap();
    assert!(is_missing(&answer(&world, 2, last.id(), ANSWER).await));
    answer(&world, 3, last, ANSWER).await.unwrap();
    assert!(is_missing(&answer(&world, 4, last, ANSWER).await), "it works once");
}

#[tokio::test]
async fn x8_one_client_cannot_use_up_the_room_of_others() {
    let world = World::new();
    world.outage.calls();
    for _ in 0..5 {
        for _ in 0..60 {
            draw(&world, client(1)).await;
        }
        world.clock.advance(Duration::from_mins(1));
    }
    let stored = world.outage.calls().iter().filter(|call| **call == "codes.put").count();
    assert_eq!(stored, 60, "in five minutes, of 300");
}

/// A challenge beyond the share of a client: no store keeps it.
async fn carried(world: &World) -> CarriedTicket {
    for _ in 0..60 {
        draw(world, client(7)).await;
    }
    world.clock.advance(Duration::from_mins(1));
    draw(world, client(7)).await
}

#[tokio::test]
async fn cap_1_a_carried_challenge_works_once_right_or_wrong() {
    let world = World::new();
    let challenge = carried(&world).await;
    let wrong = answer(&world, 1, challenge, "wrong").await;
    assert!(matches!(wrong, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))));
    assert!(is_missing(&answer(&world, 2, challenge, ANSWER).await));

    for _ in 0..5 {
        let challenge = draw(&world, client(7)).await;
        let requests = (100..120).map(|n| code_request_of(&nth_phone(n), challenge.into()));
        let sends = requests.map(|request| world.request_code.send(request));
        let outcomes = join_all(sends).await;
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
        world.clock.advance(Duration::from_hours(1));
        for _ in 0..60 {
            draw(&world, client(7)).await;
        }
        world.clock.advance(Duration::from_mins(1));
    }
}

#[tokio::test]
async fn a_ticket_adds_nothing_to_a_challenge_that_the_store_keeps() {
    let world = World::new();
    let kept = draw(&world, client(1)).await;
    answer(&world, 1, kept.id(), ANSWER).await.unwrap();
    assert!(is_missing(&answer(&world, 2, kept, ANSWER).await));
    let kept = draw(&world, client(1)).await;
    answer(&world, 3, kept, ANSWER).await.unwrap();
    assert!(is_missing(&answer(&world, 4, kept.id(), ANSWER).await));
}

#[tokio::test]
async fn a_forged_ticket_adds_nothing() {
    let world = World::new();
    let challenge = carried(&world).await;
    let text = challenge.expose();
    for place in [40, 60, 84] {
        let letter = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
        let mut forged = text.clone();
        forged.replace_range(place..=place, letter);
        let Ok(forged) = forged.parse::<CarriedTicket>() else { continue };
        assert!(is_missing(&answer(&world, place, forged, ANSWER).await), "{forged:?}");
    }
    answer(&world, 1, challenge, ANSWER).await.unwrap();
}

/// Otherwise it would live for as long as the clock was ahead, and be answered again.
#[tokio::test]
async fn x8_a_challenge_of_a_clock_that_was_ahead_is_unknown() {
    let world = World::new();
    let carried = carried(&world).await;
    for ahead in [Duration::from_mins(2), Duration::from_hours(400 * 24)] {
        world.clock.advance(ahead);
        let issued = world.new_challenge.issue(client(1)).await.unwrap().id;
        let spent = world.new_challenge.issue(client(1)).await.unwrap().id;
        answer(&world, 1, spent, ANSWER).await.unwrap();
        world.clock.set_back(ahead);
        for n in 2..4 {
            assert!(is_missing(&answer(&world, n, issued, ANSWER).await), "{ahead:?}");
            assert!(is_missing(&answer(&world, n, spent, ANSWER).await), "{ahead:?}");
        }
        let picture = world.present_challenge.picture(&issued, client(1)).await;
        assert!(matches!(picture, Err(ChallengeError::Unknown)));
    }
    world.clock.set_back(Duration::from_mins(1));
    assert!(is_missing(&answer(&world, 9, carried, ANSWER).await), "a carried one");
}

#[tokio::test]
async fn a_challenge_of_a_node_whose_clock_is_a_little_ahead_is_good_for_one_answer() {
    let world = World::new();
    world.clock.advance(Duration::from_secs(20));
    let id = world.new_challenge.issue(client(1)).await.unwrap().id;
    let spent = world.new_challenge.issue(client(1)).await.unwrap().id;
    answer(&world, 1, spent, ANSWER).await.unwrap();
    world.clock.set_back(Duration::from_secs(20));
    assert!(is_missing(&answer(&world, 2, spent, ANSWER).await));
    answer(&world, 3, id, ANSWER).await.unwrap();
}
