//! Limits of challenges, pictures and sounds per client.

use reqwest::Method;
use uuid::Uuid;

use super::{assert_problem, audio, image, issue, shown, spoken, text};
use crate::support::{Person, Reply, Service, phone};

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

/// RL-7 on both wires: a refusal says when the next answer is compared.
#[tokio::test]
async fn h1_after_twenty_wrong_answers_no_challenge_is_given_or_compared() {
    let service = Service::start(&[]).await;
    let (person, other) = (Person::new(&service), Person::new(&service));
    let challenge = issue(&person).await;
    let live = shown(&other).await;
    let mut id = String::new();
    for n in 0..20 {
        let own = if n % 2 == 0 { issued_id(&person).await } else { shown(&person).await };
        id.clone_from(&own);
        person.ask_code(&phone(), "zzzz9", &own).await.says("4004", "图片验证码错误");
    }
    let issued = person.send(person.request(Method::POST, "/api/v1/challenges")).await;
    let fetched = [image(&person, &challenge).await, audio(&person, &challenge, "en").await];
    for refused in [issued].into_iter().chain(fetched) {
        assert_problem(&refused, 429, "too-many");
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!((3_500..=3_600).contains(&seconds), "{seconds}");
        let policy = "\"challenge-wrong-per-client\";q=20;w=3600";
        assert_eq!(refused.header("ratelimit-policy"), policy);
    }
    let picture = person.get(&format!("/passport/image_code?cur_id={}", Uuid::new_v4())).await;
    for refused in [
        picture,
        spoken(&person, &id, "").await,
        person.ask_code(&phone(), "abcd2", &live).await,
        person.ask_code(&phone(), "abcd2", &issued_id(&other).await).await,
    ] {
        let seconds = refused.says_too_many();
        assert!((3_500..=3_600).contains(&seconds), "{seconds}");
    }
    // The challenge was not spent, and others are not refused.
    other.ask_code(&phone(), "abcd2", &live).await.says("0", "发送成功");
}

#[tokio::test]
async fn h1_the_number_of_wrong_answers_can_be_set() {
    let service = Service::start(&[("limits.wrong_answers_per_ip_hour", "2")]).await;
    let person = Person::new(&service);
    for _ in 0..2 {
        person.try_request_code(&phone()).await.says("0", "发送成功");
        person
            .ask_code(&phone(), "zzzz9", &shown(&person).await)
            .await
            .says("4004", "图片验证码错误");
    }
    person.get(&format!("/passport/image_code?cur_id={}", Uuid::new_v4())).await.says_too_many();
}

async fn issued_id(person: &Person) -> String {
    text(&issue(person).await, "/id").to_owned()
}
