//! A message for a challenge that is in no store, where its mark and the charges of the message are one act.

use futures::future::join_all;
use passport_auth::{
    ChallengeId, ChallengeRefusal, CodeRequest, Denied, RequestCodeError, SendOutcome, SendRefusal,
    SentCode, policies,
};
use passport_throttle::Policy;

use crate::{
    faulty::each_fault,
    world::{COOLDOWN, OTHER_PHONE, PHONE, World, client, code_request_of, nth_phone, quota},
};

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
    let world = World::new();
    let challenge = challenge(&world).await;
    world.outage.calls();
    send(&world, PHONE, challenge).await.unwrap();
    // The parts of the act, for stores that are apart.
    assert_eq!(world.outage.calls(), ["throttle.hit", "failures.check", "codes.put"]);
}

#[tokio::test]
async fn who_is_refused_by_a_limit_keeps_the_challenge() {
    let world = World::new();
    let (first, second) = (challenge(&world).await, challenge(&world).await);
    send(&world, PHONE, first).await.unwrap();
    for _ in 0..3 {
        let refused = send(&world, PHONE, second).await;
        assert_eq!(policy(&refused), policies::SMS_PER_PHONE_COOLDOWN);
    }
    world.clock.advance(COOLDOWN);
    send(&world, PHONE, second).await.expect("the challenge was kept");
}

/// As if the limits were checked before the challenge.
#[tokio::test]
async fn a_limit_is_told_before_a_spent_challenge() {
    let world = World::new();
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

#[tokio::test]
async fn a_challenge_stays_spent_if_its_message_is_not_sent() {
    let world = World::new();
    let (first, second) = (challenge(&world).await, challenge(&world).await);
    world.gateway.answer(SendOutcome::NotSent("gateway is down".into()));
    let unsent = send(&world, PHONE, first).await;
    assert!(matches!(unsent, Err(RequestCodeError::Send(SendRefusal::NotSent(_)))), "{unsent:?}");
    assert!(is_missing(&send(&world, PHONE, first).await));
    send(&world, PHONE, second).await.expect("the message was refunded");
}

/// A right answer needs room for a wrong one, and does not take it.
#[tokio::test]
async fn right_answers_at_once_do_not_refuse_each_other() {
    let world = World::with(|setup| {
        setup.allow_many_messages();
        setup.quotas.wrong_answers_per_client =
            quota(1, setup.quotas.wrong_answers_per_client.window());
    });
    let mut challenges = Vec::new();
    for _ in 0..20 {
        challenges.push(challenge(&world).await);
    }
    let sends = challenges.iter().enumerate().map(|(n, challenge)| {
        let (world, challenge) = (&world, *challenge);
        async move { send(world, &nth_phone(n), challenge).await }
    });
    for outcome in join_all(sends).await {
        outcome.unwrap();
    }
    let (wrong, right) = (challenge(&world).await, challenge(&world).await);
    let request = CodeRequest { answer: "wrong".to_owned(), ..code_request_of(PHONE, wrong) };
    let outcome = world.request_code.send(request).await;
    assert!(
        matches!(outcome, Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))),
        "{outcome:?}"
    );
    let refused = send(&world, PHONE, right).await;
    assert_eq!(policy(&refused), policies::WRONG_ANSWERS_PER_CLIENT);
}

#[tokio::test]
async fn nothing_is_sent_unless_all_is_stored() {
    each_fault(async |fault| {
        let world = World::new();
        let challenge = challenge(&world).await;
        world.outage.begin(fault);
        let outcome = send(&world, PHONE, challenge).await;
        let failed = world.outage.end();
        match (&outcome, failed) {
            (Ok(_), None) => {}
            (Err(RequestCodeError::Denied(Denied::Unavailable(_))), Some(_)) => {
                assert_eq!(world.gateway.messages().len(), 0, "{failed:?}, {fault:?}");
            }
            (outcome, failed) => panic!("{failed:?}, {fault:?}: {outcome:?}"),
        }
        failed.is_some()
    })
    .await;
}
