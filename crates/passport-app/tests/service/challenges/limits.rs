//! Limits of challenges, pictures and sounds per client.

use reqwest::Method;
use uuid::Uuid;

use super::{assert_problem, audio, image, issue, shown, spoken};
use crate::support::{Person, Reply, Service};

/// RL-7: a refusal states the quota per minute, and the time until the next request is allowed.
#[track_caller]
fn assert_too_many(refused: &Reply, policy: &str) {
    assert_problem(refused, 429, "too-many");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("ratelimit-policy"), format!("\"{policy}\";q=60;w=60"));
    assert_eq!(refused.header("ratelimit"), format!("\"{policy}\";r=0;t={seconds}"));
}

#[tokio::test]
async fn cap_7_the_sixty_first_challenge_in_a_minute_is_refused() {
    let service = Service::start(&[]).await;
    let (person, other) = (Person::new(&service), Person::new(&service));
    for _ in 0..30 {
        shown(&person).await;
        issue(&person).await;
    }
    let refused = person.send(person.request(Method::POST, "/api/v1/challenges")).await;
    assert_too_many(&refused, "challenges");
    let id = Uuid::new_v4();
    person.get(&format!("/passport/image_code?cur_id={id}")).await.says_too_many();
    issue(&other).await;
}

#[tokio::test]
async fn cap_7_the_sixty_first_fetch_in_a_minute_is_refused() {
    let service = Service::start(&[]).await;
    let (person, other) = (Person::new(&service), Person::new(&service));
    let challenge = issue(&person).await;
    let id = shown(&person).await;
    for _ in 0..20 {
        assert_eq!(image(&person, &challenge).await.status, 200);
        assert_eq!(audio(&person, &challenge, "en").await.status, 200);
        assert_eq!(spoken(&person, &id, "").await.header("content-type"), "audio/wav");
    }
    for refused in [image(&person, &challenge).await, audio(&person, &challenge, "en").await] {
        assert_too_many(&refused, "challenge-fetches");
    }
    let seconds = spoken(&person, &id, "").await.says_too_many();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(image(&other, &challenge).await.status, 200);
}
