//! A message for a challenge that is in no store: the mark of the challenge and the charges of the message
//! are one act where one store counts both.

use futures::future::join_all;
use passport_auth::{
    ChallengeId, ChallengeRefusal, CodeRequest, Denied, RequestCodeError, SendOutcome, SendRefusal,
    SentCode, policies,
};
use passport_throttle::Policy;

use crate::{
    faulty::{Fault, each_fault},
    setup::{ChallengeCounts, Setup},
    world::{COOLDOWN, OTHER_PHONE, PHONE, World, client, code_request_of, nth_phone, quota},
};

const PLACES: [ChallengeCounts; 2] = [ChallengeCounts::WithMessages, ChallengeCounts::Apart];

/// One whose store counts challenges and messages, and one with a store for each.
fn worlds() -> [World; 2] {
    PLACES.map(|place| world(place, |_| {}))
}

fn world(place: ChallengeCounts, change: impl FnOnce(&mut Setup)) -> World {
    World::with(|setup| {
        setup.challenge_counts = place;
        change(setup);
    })
}

type Outcome = Result<SentCode, RequestCodeError>;

async fn challenge(world: &World) -> ChallengeId {
    world.new_challenge.issue(client(1)).await.expect("a challenge is issued").id.into()
}

async fn send(world: &World, phone: &str, challenge: ChallengeId) -> Outcome {
    world.request_code.send(code_request_of(phone, challenge)).await
}

#[track_caller]
fn policy(outcome: &Outcome) -> Policy {
    match outcome {
        Err(RequestCodeError::Denied(Denied::TooMany(refusal))) => refusal.policy,
        outcome => panic!("no limit refused: {outcome:?}"),
    }
}

fn is_missing(outcome: &Outcome) -> bool {
    matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing)))
}

#[tokio::test]
async fn what_is_checked_charged_and_stored_is_one_act() {
    // The parts of the act, for stores that are apart. Where challenges are counted apart, all is checked first.
    let act = ["throttle.hit", "failures.check", "codes.put"];
    let steps = ["throttle.hit", "failures.check", "throttle.hit", "throttle.hit", "codes.put"];
    let [together, apart] = worlds();
    for (world, calls) in [(together, &act[..]), (apart, &steps[..])] {
        let challenge = challenge(&world).await;
        world.outage.calls();
        send(&world, PHONE, challenge).await.unwrap();
        assert_eq!(world.outage.calls(), calls);
    }
}

/// A refused request spends no challenge, so how long it takes must not tell whether the answer is right.
#[tokio::test]
async fn a_refused_request_asks_as_much_for_a_right_answer_as_for_a_wrong_one() {
    for world in worlds() {
        let challenge = challenge(&world).await;
        world.request_code(PHONE).await.unwrap();
        let mut calls = Vec::new();
        for answer in [code_request_of(PHONE, challenge).answer, "wrong".to_owned()] {
            world.outage.calls();
            let request = CodeRequest { answer, ..code_request_of(PHONE, challenge) };
            let refused = world.request_code.send(request).await;
            assert_eq!(policy(&refused), policies::SMS_PER_PHONE_COOLDOWN);
            calls.push(world.outage.calls());
        }
        assert_eq!(calls[0], calls[1]);
    }
}

#[tokio::test]
async fn who_is_refused_by_a_limit_keeps_the_challenge() {
    for world in worlds() {
        let (first, second) = (challenge(&world).await, challenge(&world).await);
        send(&world, PHONE, first).await.unwrap();
        for _ in 0..3 {
            let refused = send(&world, PHONE, second).await;
            assert_eq!(policy(&refused), policies::SMS_PER_PHONE_COOLDOWN);
        }
        world.clock.advance(COOLDOWN);
        send(&world, PHONE, second).await.expect("the challenge was kept");
    }
}

/// As if the limits were checked before the challenge.
#[tokio::test]
async fn a_limit_is_told_before_a_spent_challenge() {
    for world in worlds() {
        let challenge = challenge(&world).await;
        send(&world, PHONE, challenge).await.unwrap();
        // The mark of the challenge would have to wait for longer.
        let again = send(&world, PHONE, challenge).await;
        assert_eq!(policy(&again), policies::SMS_PER_PHONE_COOLDOWN);
        assert!(is_missing(&send(&world, OTHER_PHONE, challenge).await));
        world.clock.advance(COOLDOWN);
        assert!(is_missing(&send(&world, PHONE, challenge).await));
        assert_eq!(world.gateway.messages().len(), 1);
    }
}

#[tokio::test]
async fn a_challenge_stays_spent_if_its_message_is_not_sent() {
    for world in worlds() {
        let (first, second) = (challenge(&world).await, challenge(&world).await);
        world.gateway.answer(SendOutcome::NotSent("gateway is down".into()));
        let unsent = send(&world, PHONE, first).await;
        assert!(
            matches!(unsent, Err(RequestCodeError::Send(SendRefusal::NotSent(_)))),
            "{unsent:?}"
        );
        assert!(is_missing(&send(&world, PHONE, first).await));
        send(&world, PHONE, second).await.expect("the message was refunded");
    }
}

/// A right answer needs room for a wrong one, and does not take it.
#[tokio::test]
async fn right_answers_at_once_do_not_refuse_each_other() {
    for place in PLACES {
        let world = world(place, |setup| {
            setup.allow_many_messages();
            setup.quotas.wrong_answers_per_client =
                quota(1, setup.quotas.wrong_answers_per_client.window());
        });
        right_answers_at_once(&world).await;
    }
}

async fn right_answers_at_once(world: &World) {
    let mut challenges = Vec::new();
    for _ in 0..20 {
        challenges.push(challenge(world).await);
    }
    let sends = challenges.iter().enumerate().map(|(n, challenge)| {
        let challenge = *challenge;
        async move { send(world, &nth_phone(n), challenge).await }
    });
    for outcome in join_all(sends).await {
        outcome.expect("there is room for each");
    }
    let (wrong, right) = (challenge(world).await, challenge(world).await);
    let request = CodeRequest { answer: "wrong".to_owned(), ..code_request_of(PHONE, wrong) };
    let outcome = world.request_code.send(request).await;
    assert!(
        matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))),
        "{outcome:?}"
    );
    let refused = send(world, PHONE, right).await;
    assert_eq!(policy(&refused), policies::WRONG_ANSWERS_PER_CLIENT);
}

#[tokio::test]
async fn nothing_is_sent_unless_all_is_stored() {
    for place in PLACES {
        each_fault(async |fault| nothing_is_sent_at(fault, &world(place, |_| {})).await).await;
    }
}

async fn nothing_is_sent_at(fault: Fault, world: &World) -> bool {
    let challenge = challenge(world).await;
    world.outage.begin(fault);
    let outcome = send(world, PHONE, challenge).await;
    let failed = world.outage.end();
    match (&outcome, failed) {
        (Ok(_), None) => {}
        (Err(RequestCodeError::Denied(Denied::Unavailable(_))), Some(_)) => {
            assert_eq!(world.gateway.messages().len(), 0, "{failed:?}, {fault:?}");
        }
        (outcome, failed) => panic!("{failed:?}, {fault:?}: {outcome:?}"),
    }
    for n in 0..2 {
        let again = send(world, &nth_phone(n), challenge).await;
        assert!(again.is_ok() || is_missing(&again), "{failed:?}, {fault:?}: {again:?}");
    }
    assert!(world.gateway.messages().len() <= 1, "{failed:?}, {fault:?}");
    failed.is_some()
}

/// A challenge whose message is refused lets one other message pass, and no two.
#[tokio::test]
async fn rivals_with_one_challenge_get_one_message() {
    for world in worlds() {
        let challenge = challenge(&world).await;
        let full = nth_phone(0);
        world.request_code(&full).await.unwrap();
        let phones = [full, nth_phone(1), nth_phone(2), nth_phone(3)];
        let sends = phones.iter().map(|phone| send(&world, phone, challenge));
        let sent = join_all(sends).await.into_iter().flatten().count();
        let afterwards = send(&world, &nth_phone(4), challenge).await;
        assert_eq!(sent + usize::from(afterwards.is_ok()), 1);
        assert_eq!(world.gateway.messages().len(), 2);
    }
}
