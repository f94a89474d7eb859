//! Challenges with ids that the client chose.

use std::{net::IpAddr, sync::Arc, time::Duration};

use futures::future::join_all;
use passport_auth::{
    ChallengeError, ChallengeId, ChallengeRefusal, ChallengeRenderer, ClientAddress, CodeRequest,
    Denied, RequestCodeError, SendRefusal,
};
use passport_throttle::Refusal;
use uuid::Uuid;

use crate::{
    doubles::{ANSWER, Renderer},
    world::{PHONE, World, client, nth_phone, number, pictures},
};

/// A request that only its challenge can fail, because its number and client have no other requests.
async fn request(world: &World, n: u8, challenge: ChallengeId, answer: &str) -> CodeRequest {
    let own = world.code_request(&nth_phone(n.into())).await;
    let client = client(n);
    CodeRequest { challenge, client: client.into(), answer: answer.to_owned(), ..own }
}

async fn answer(
    world: &World,
    n: u8,
    challenge: ChallengeId,
    answer: &str,
) -> Result<(), RequestCodeError> {
    world.request_code.send(request(world, n, challenge, answer).await).await.map(drop)
}

#[tokio::test]
async fn cap_1_right_answer_works_once() {
    let world = World::new();
    let challenge = world.challenge().await;
    answer(&world, 1, challenge, ANSWER).await.unwrap();
    let again = answer(&world, 2, challenge, ANSWER).await;
    assert!(matches!(again, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
}

#[tokio::test]
async fn cap_1_wrong_answer_spends_the_challenge() {
    let world = World::new();
    let challenge = world.challenge().await;
    let wrong = answer(&world, 1, challenge, "wrong").await;
    assert!(matches!(wrong, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))));
    let right = answer(&world, 1, challenge, ANSWER).await;
    assert!(matches!(right, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
    assert!(world.gateway.messages().is_empty());
}

#[tokio::test]
async fn cap_1_parallel_right_answers_send_one_message() {
    let world = World::with(|setup| setup.test_answer = Some("Test".to_owned()));
    for right in [ANSWER, "tEST"] {
        let challenge = world.challenge().await;
        let sent_before = world.gateway.messages().len();
        let requests = join_all((0..20).map(|n| request(&world, n, challenge, right))).await;
        let outcomes = join_all(requests.into_iter().map(|it| world.request_code.send(it))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let missing = |outcome: &&Result<_, _>| {
            matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing)))
        };
        assert_eq!(outcomes.iter().filter(missing).count(), 19);
        assert_eq!(world.gateway.messages().len(), sent_before + 1);
        world.clock.advance(Duration::from_hours(1));
    }
}

#[tokio::test]
async fn cap_2_challenge_lives_300_seconds() {
    let world = World::new();
    let (first, second) = (world.challenge().await, world.challenge().await);
    world.clock.advance(Duration::from_millis(299_999));
    answer(&world, 1, first, ANSWER).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    let late = answer(&world, 2, second, ANSWER).await;
    assert!(matches!(late, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
}

#[tokio::test]
async fn a_request_does_not_show_its_answer() {
    let world = World::new();
    let request = world.code_request(PHONE).await;
    let shown = format!("{request:?}");
    assert!(shown.contains("challenge") && !shown.contains(ANSWER), "{shown}");
}

#[tokio::test]
async fn cap_3_case_is_ignored() {
    let world = World::new();
    answer(&world, 1, world.challenge().await, &ANSWER.to_uppercase()).await.unwrap();
}

#[tokio::test]
async fn test_answer_obeys_all_other_rules() {
    let world = World::with(|setup| setup.test_answer = Some("Test".to_owned()));
    let missing =
        |outcome| matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing)));

    let challenge = world.challenge().await;
    answer(&world, 1, challenge, "test").await.unwrap();
    assert!(missing(answer(&world, 2, challenge, "test").await), "the challenge is spent");
    assert!(
        missing(answer(&world, 2, Uuid::new_v4().into(), "test").await),
        "the challenge was never drawn"
    );
    answer(&world, 2, world.challenge().await, ANSWER).await.unwrap();

    let challenge = world.challenge().await;
    let wrong = answer(&world, 3, challenge, "wrong").await;
    assert!(matches!(wrong, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))));
    assert!(missing(answer(&world, 3, challenge, "test").await), "a wrong answer spent it");

    let challenge = world.challenge().await;
    world.clock.advance(Duration::from_mins(5));
    assert!(missing(answer(&world, 3, challenge, "test").await), "the challenge is expired");
}

#[tokio::test]
async fn cap_7_pictures_are_limited_per_client() {
    let world = World::new();
    let draw = |client| world.new_challenge.draw(Uuid::new_v4(), None, client);
    for _ in 0..60 {
        draw(client(1)).await.unwrap();
    }
    let Err(ChallengeError::Denied(Denied::TooMany(Refusal { retry_after, .. }))) =
        draw(client(1)).await
    else {
        panic!("the 61st picture was drawn");
    };
    draw(client(2)).await.unwrap();
    world.clock.advance(retry_after.saturating_sub(Duration::from_millis(1)));
    assert!(matches!(draw(client(1)).await, Err(ChallengeError::Denied(Denied::TooMany(_)))));
    world.clock.advance(Duration::from_millis(1));
    draw(client(1)).await.unwrap();
}

#[tokio::test]
async fn cap_7_pictures_are_limited_per_64() {
    let world = World::new();
    let address = |text: &str| ClientAddress::from(text.parse::<IpAddr>().unwrap());
    let draw = |client| world.new_challenge.draw(Uuid::new_v4(), None, client);
    for n in 0..60 {
        draw(address(&format!("2001:db8::{n:x}"))).await.unwrap();
    }
    let next = draw(address("2001:db8::ffff:1")).await;
    assert!(matches!(next, Err(ChallengeError::Denied(Denied::TooMany(_)))));
}

#[tokio::test]
async fn a_replaced_challenge_is_invalid() {
    let world = World::new();
    let (former, id) = (world.chosen_challenge().await, Uuid::new_v4());
    world.new_challenge.draw(id, Some(former), client(1)).await.unwrap();
    let dead = answer(&world, 1, former.into(), ANSWER).await;
    assert!(matches!(dead, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
    answer(&world, 1, id.into(), ANSWER).await.unwrap();
}

#[tokio::test]
async fn a_challenge_that_replaces_itself_stays_valid() {
    let world = World::new();
    let id = world.chosen_challenge().await;
    world.new_challenge.draw(id, Some(id), client(1)).await.unwrap();
    answer(&world, 1, id.into(), ANSWER).await.unwrap();
}

#[tokio::test]
async fn no_answer_is_stored_of_a_picture_that_was_not_drawn() {
    let mut world = World::new();
    let (former, id) = (world.chosen_challenge().await, Uuid::new_v4());
    let broken: Arc<dyn ChallengeRenderer> = Arc::new(Renderer { is_broken: true });
    let broken = pictures(&broken, &world.workers);
    let pictures = std::mem::replace(&mut world.new_challenge.pictures, broken);
    let broken = world.new_challenge.draw(id, Some(former), client(1)).await;
    assert!(matches!(broken, Err(ChallengeError::NotMade(_))));
    world.new_challenge.pictures = pictures;
    let unknown = answer(&world, 1, id.into(), ANSWER).await;
    assert!(matches!(unknown, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
    answer(&world, 1, former.into(), ANSWER).await.unwrap();
}

#[tokio::test]
async fn cap_7_a_full_queue_refuses_pictures_at_once_and_counts_none() {
    let world = World::new();
    let slots = world.fill_queue();
    let draw = || world.new_challenge.draw(Uuid::new_v4(), None, client(1));
    for _ in 0..60 {
        assert!(matches!(draw().await, Err(ChallengeError::Denied(Denied::Busy { .. }))));
    }
    drop(slots);
    for _ in 0..60 {
        draw().await.unwrap();
    }
}

#[tokio::test]
async fn rl_4_country_that_is_not_served_costs_nothing() {
    let world = World::with(|setup| setup.countries = vec!["GB".parse().unwrap()]);
    let request = world.code_request(PHONE).await;
    world.outage.calls();
    let refused = world.request_code.send(request.clone()).await;
    assert!(matches!(refused, Err(RequestCodeError::Send(SendRefusal::CountryNotServed))));
    assert_eq!(world.outage.calls(), [""; 0]);

    let foreign = CodeRequest { phone: number("+447400123456"), ..request };
    world.request_code.send(foreign).await.unwrap();
}
