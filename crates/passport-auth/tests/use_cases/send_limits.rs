//! Limits on messages.

use std::{net::IpAddr, time::Duration};

use futures::future::join_all;
use passport_auth::{
    ClientAddress, Clock, CodeRefusal, CodeRequest, Denied, RequestCodeError, SendOutcome,
    SendRefusal, SignUpError,
};
use passport_throttle::Refusal;

use crate::world::{COOLDOWN, PHONE, World, client, nth_phone, quota};

const A_MILLISECOND: Duration = Duration::from_millis(1);

async fn send_from(
    world: &World,
    phone: &str,
    client: ClientAddress,
) -> Result<(), RequestCodeError> {
    let request = world.code_request(phone).await;
    world.request_code.send(CodeRequest { client: client.into(), ..request }).await.map(drop)
}

fn too_many<T>(outcome: &Result<T, RequestCodeError>) -> Option<Duration> {
    match outcome {
        Err(RequestCodeError::Denied(Denied::TooMany(Refusal { retry_after, .. }))) => {
            Some(*retry_after)
        }
        _ => None,
    }
}

#[tokio::test]
async fn rl_1_number_gets_one_a_minute_five_an_hour_ten_a_day() {
    let world = World::new();
    let begin = world.clock.now();
    let mut sent_at = Vec::new();
    while sent_at.len() < 12 {
        // Each request has another client, so that only the limits of the number apply.
        let request = world.code_request(PHONE).await;
        let request =
            CodeRequest { client: client(u8::try_from(sent_at.len()).unwrap()).into(), ..request };
        let outcome = world.request_code.send(request.clone()).await;
        if let Some(retry_after) = too_many(&outcome) {
            world.clock.advance(retry_after.saturating_sub(A_MILLISECOND));
            let early = world.request_code.send(world.code_request(PHONE).await).await;
            assert_eq!(too_many(&early), Some(A_MILLISECOND), "the wait is true");
            world.clock.advance(A_MILLISECOND);
            let request = CodeRequest { challenge: world.challenge().await, ..request };
            world.request_code.send(request).await.unwrap();
        } else {
            outcome.unwrap();
        }
        sent_at.push((world.clock.now() - begin).whole_seconds());
    }
    let day = 86_400;
    assert_eq!(sent_at, [0, 60, 120, 180, 240, 3_600, 3_660, 3_720, 3_780, 3_840, day, day + 60]);
}

#[tokio::test]
async fn rl_1_refusal_leaves_the_challenge_good() {
    let world = World::new();
    world.request_code(PHONE).await.unwrap();
    let request = world.code_request(PHONE).await;
    assert!(too_many(&world.request_code.send(request.clone()).await).is_some());
    world.clock.advance(COOLDOWN);
    world.request_code.send(request).await.unwrap();
}

#[tokio::test]
async fn rl_1_refused_requests_are_not_counted() {
    let world = World::new();
    world.request_code(PHONE).await.unwrap();
    for _ in 0..10 {
        world.clock.advance(Duration::from_secs(5));
        world.request_code(PHONE).await.unwrap_err();
    }
    world.clock.advance(Duration::from_secs(10));
    world.request_code(PHONE).await.unwrap();
}

#[tokio::test]
async fn rl_2_client_gets_ten_an_hour_and_thirty_a_day() {
    let world = World::new();
    let mut phones = (0..).map(nth_phone);
    for hours_until_more in [1, 1, 22] {
        for _ in 0..10 {
            send_from(&world, &phones.next().unwrap(), client(1)).await.unwrap();
        }
        let refused = send_from(&world, &phones.next().unwrap(), client(1)).await;
        let wait = Duration::from_hours(hours_until_more);
        assert_eq!(too_many(&refused), Some(wait));
        send_from(&world, &phones.next().unwrap(), client(2)).await.unwrap();
        world.clock.advance(wait);
    }
    send_from(&world, &phones.next().unwrap(), client(1)).await.unwrap();
}

#[tokio::test]
async fn rl_2_addresses_of_one_64_are_one_client() {
    let world = World::new();
    let address = |text: String| ClientAddress::from(text.parse::<IpAddr>().unwrap());
    for n in 0..10 {
        send_from(&world, &nth_phone(n), address(format!("2001:db8::{n}"))).await.unwrap();
    }
    let same = send_from(&world, &nth_phone(10), address("2001:db8::ffff:ffff".to_owned())).await;
    assert!(too_many(&same).is_some());
    let other = send_from(&world, &nth_phone(10), address("2001:db8:0:1::1".to_owned())).await;
    other.unwrap();
}

#[tokio::test]
async fn rl_1_quotas_of_one_window_are_counted_apart() {
    let hour = Duration::from_hours(1);
    let world = World::with(|setup| {
        setup.quotas.sms_per_phone_cooldown = quota(4, hour);
        setup.quotas.sms_per_phone_hour = quota(3, hour);
        setup.quotas.sms_per_phone_day = quota(5, hour);
    });
    for _ in 0..3 {
        world.request_code(PHONE).await.unwrap();
    }
    assert_eq!(too_many(&world.request_code(PHONE).await.map(drop)), Some(hour));
}

#[tokio::test]
async fn rl_3_parallel_sends_for_one_number_are_one_message() {
    let world = World::new();
    let requests = join_all((0..200).map(|_| world.code_request(PHONE))).await;
    let requests = requests.into_iter().zip(0..).map(|(request, n)| {
        world.request_code.send(CodeRequest { client: client(n).into(), ..request })
    });
    let outcomes = join_all(requests).await;
    assert_eq!(world.gateway.messages().len(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter_map(too_many).count(), 199);
    world.sign_up(PHONE, &world.gateway.last_code()).await.unwrap();
}

#[tokio::test]
async fn rl_3_limits_that_cannot_be_checked_refuse() {
    let world = World::new();
    let request = world.code_request(PHONE).await;
    for down in [&["throttle"][..], &["throttle.hit", "throttle.refund"]] {
        world.outage.take_down(down);
        let refused = world.request_code.send(request.clone()).await;
        assert!(matches!(refused, Err(RequestCodeError::Denied(Denied::Unavailable(_)))));
        assert!(world.gateway.messages().is_empty());
    }
}

/// Sends to `PHONE` until the client is limited, with this outcome at the gateway each time; returns the
/// number of calls of the gateway.
async fn calls_until_limited(world: &World, outcome: fn() -> SendOutcome) -> usize {
    for _ in 0..25 {
        world.gateway.answer(outcome());
        let refused = send_from(world, PHONE, client(1)).await;
        assert!(refused.is_err());
    }
    world.gateway.messages().len()
}

#[tokio::test]
async fn s5_requests_for_a_dead_number_meet_the_limit_of_the_client() {
    let causes: [fn() -> SendOutcome; 2] = [
        || SendOutcome::RecipientRefused("not assigned".into()),
        || SendOutcome::NumberNotServed("a trial account".into()),
    ];
    for outcome in causes {
        let world = World::new();
        assert_eq!(calls_until_limited(&world, outcome).await, 10, "ten an hour for a client");
        let other = send_from(&world, PHONE, client(2)).await;
        assert!(too_many(&other).is_none(), "the number is not charged: {other:?}");
        let limited = send_from(&world, &nth_phone(7), client(1)).await;
        assert!(too_many(&limited).is_some(), "for every number");
    }
}

#[tokio::test]
async fn s5_a_cap_of_the_gateway_stays_charged() {
    let world = World::new();
    let capped = || SendOutcome::RecipientThrottled { until: None, cause: "cap".into() };
    assert_eq!(calls_until_limited(&world, capped).await, 1, "the cooldown of the number holds");
    let other = send_from(&world, PHONE, client(2)).await;
    assert_eq!(too_many(&other), Some(COOLDOWN), "from everywhere");
}

/// The code of the gateway is unknown, so the fault may be the number, or ours.
#[tokio::test]
async fn s5_a_refused_message_stays_charged_to_its_number() {
    let world = World::new();
    let refused = || SendOutcome::MessageRefused("unknown code".into());
    assert_eq!(calls_until_limited(&world, refused).await, 1, "the cooldown of the number holds");
    for number in 1..=20 {
        let outcome = send_from(&world, &nth_phone(number), client(1)).await;
        assert!(too_many(&outcome).is_none(), "the client is not charged: {outcome:?}");
    }
}

#[tokio::test]
async fn s5_a_failing_gateway_charges_neither_number_nor_client() {
    let world = World::new();
    let down = || SendOutcome::NotSent("gateway is down".into());
    assert_eq!(calls_until_limited(&world, down).await, 25);
    send_from(&world, PHONE, client(1)).await.unwrap();
}

#[tokio::test]
async fn s4_a_cap_of_the_gateway_has_its_wait_as_far_as_known() {
    for (stated, wait) in [
        (None, COOLDOWN),
        (Some(Duration::from_secs(1)), COOLDOWN),
        (Some(Duration::from_hours(1)), Duration::from_hours(1)),
    ] {
        let world = World::new();
        let until = stated.map(|stated| world.clock.now() + stated);
        world.gateway.answer(SendOutcome::RecipientThrottled { until, cause: "cap".into() });
        let refused = send_from(&world, PHONE, client(1)).await;
        let Err(RequestCodeError::Send(SendRefusal::RecipientThrottled { retry_after, .. })) =
            refused
        else {
            panic!("{refused:?}")
        };
        assert_eq!(retry_after, wait, "{stated:?}");
        let dead = world.sign_up(PHONE, &world.gateway.last_code()).await;
        assert!(matches!(dead, Err(SignUpError::Code(CodeRefusal::Missing))), "{dead:?}");
    }
}

#[tokio::test]
async fn w6_a_clock_that_was_ahead_delays_a_code_by_its_windows_at_most() {
    let day = Duration::from_hours(24);
    for ahead in [400 * day, 2 * day, day / 2, Duration::from_mins(30), COOLDOWN / 2] {
        let world = World::new();
        world.clock.advance(ahead);
        world.request_code(PHONE).await.unwrap();
        world.clock.set_back(ahead);
        match world.request_code(PHONE).await {
            Ok(_) => {}
            Err(RequestCodeError::Denied(Denied::TooMany(Refusal {
                quota, retry_after, ..
            }))) => {
                assert!(retry_after <= quota.window(), "{ahead:?}: {retry_after:?}");
            }
            Err(error) => panic!("{ahead:?}: {error:?}"),
        }
        world.clock.advance(day);
        world.request_code(PHONE).await.unwrap();
    }
}
