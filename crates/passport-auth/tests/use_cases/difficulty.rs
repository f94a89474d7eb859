//! Challenges that are more difficult while most answers are wrong.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use passport_auth::{
    AnswerTally, CarriedTicket, ChallengeRefusal, Clock, CodeRequest, Difficulty, DrawnChallenge,
    RequestCodeError,
};
use uuid::Uuid;

use crate::{
    doubles::ANSWER,
    world::{World, challenge_key, client, nth_phone},
};

/// Answers a challenge for each of `numbers`, each from a network of its own.
async fn answer(world: &World, numbers: std::ops::Range<u32>, guess: &str) {
    for n in numbers {
        let address = Ipv6Addr::from(u128::from(n + 1) << 80);
        let own = world.code_request(&nth_phone(n as usize)).await;
        let client = IpAddr::from(address).into();
        let request = CodeRequest { answer: guess.to_owned(), client, ..own };
        let outcome = world.request_code.send(request).await;
        let is_wrong = matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong)));
        assert!(is_wrong == (guess != ANSWER), "{outcome:?}");
    }
}

/// Difficulty of the next challenge, of either kind.
async fn next(world: &World) -> Difficulty {
    let drawn = world.new_challenge.draw(Uuid::new_v4(), None, client(9)).await;
    let drawn = difficulty(world, &drawn.expect("a picture is drawn"));
    let issued = world.new_challenge.issue(client(9)).await.expect("a challenge is issued");
    assert!(world.present_challenge.picture(&issued.id, client(9)).await.is_ok());
    drawn
}

#[tokio::test]
async fn wrong_answers_raise_the_difficulty_for_a_minute() {
    let world = World::new();
    answer(&world, 0..AnswerTally::FEWEST - 1, "wrong").await;
    assert_eq!(next(&world).await, Difficulty::Usual, "there are too few answers");
    answer(&world, 200..201, "wrong").await;
    assert_eq!(next(&world).await, Difficulty::High);
    world.clock.advance(Duration::from_secs(30));
    answer(&world, 300..400, ANSWER).await;
    assert_eq!(next(&world).await, Difficulty::Raised, "half of them are right");
    answer(&world, 400..401, ANSWER).await;
    assert_eq!(next(&world).await, Difficulty::Usual, "most are right");
    world.clock.advance(Duration::from_secs(30));
    answer(&world, 500..520, "wrong").await;
    assert_eq!(next(&world).await, Difficulty::Usual, "the wrong answers have expired");
}

#[tokio::test]
async fn without_raise_the_difficulty_is_constant() {
    let mut world = World::new();
    world.new_challenge.raise = None;
    answer(&world, 0..2 * AnswerTally::FEWEST, "wrong").await;
    assert_eq!(next(&world).await, Difficulty::Usual);
}

#[tokio::test]
async fn an_issued_challenge_keeps_its_difficulty() {
    let world = World::new();
    let before = world.new_challenge.issue(client(9)).await.unwrap();
    let picture = world.present_challenge.picture(&before.id, client(9)).await.unwrap();
    answer(&world, 0..AnswerTally::FEWEST, "wrong").await;
    assert_eq!(next(&world).await, Difficulty::High);
    let again = world.present_challenge.picture(&before.id, client(9)).await.unwrap();
    assert_eq!(picture, again);
}

#[tokio::test]
async fn a_ticket_carries_its_difficulty() {
    let world = World::new();
    answer(&world, 0..AnswerTally::FEWEST, "wrong").await;
    let drawn = world.new_challenge.draw(Uuid::new_v4(), None, client(9)).await.unwrap();
    assert_eq!(difficulty(&world, &drawn), Difficulty::High);
}

/// Difficulty of a challenge, as every node reads it from the ticket.
fn difficulty(world: &World, drawn: &DrawnChallenge) -> Difficulty {
    let carried: CarriedTicket = drawn.ticket.expose().parse().expect("a ticket is read");
    let ticket =
        challenge_key().open_carried(&carried, world.clock.now()).expect("the ticket is live");
    ticket.difficulty()
}
