//! `GET /passport/image_code`: every answer.

use uuid::Uuid;

use crate::support::{Person, Reply, Service, phone};

const MISSING: (&str, &str) = ("4103", "参数不全");

async fn get(person: &Person, query: &str) -> Reply {
    person.get(&format!("/passport/image_code{query}")).await
}

#[tokio::test]
async fn cap_4_the_picture_comes_with_its_true_type_and_is_never_kept() {
    let service = Service::start(&[]).await;
    let reply = get(&Person::new(&service), &format!("?cur_id={}", Uuid::new_v4())).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "image/png");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.body.starts_with(b"\x89PNG\r\n\x1a\n"));
}

/// Colour of the ground, the first one of the palette.
fn ground(picture: &Reply) -> &[u8] {
    let palette = picture.body.windows(4).position(|it| it == b"PLTE").unwrap() + 4;
    &picture.body[palette..palette + 3]
}

#[tokio::test]
async fn p19_the_picture_is_dark_for_dark_pages_only() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for (theme, is_dark) in [
        ("", false),
        ("&theme=dark", true),
        ("&theme=light", false),
        ("&theme=", false),
        ("&theme=Dark", false),
        ("&theme=dark&theme=light", true),
        ("&themes=dark", false),
    ] {
        let picture = get(&person, &format!("?cur_id={}{theme}", Uuid::new_v4())).await;
        assert_eq!(ground(&picture).iter().all(|it| *it < 64), is_dark, "{theme}");
        assert_eq!(ground(&picture).iter().all(|it| *it > 192), !is_dark, "{theme}");
    }
}

/// A page shows it at half the size, so that it is sharp on dense screens.
#[tokio::test]
async fn p19_the_picture_has_twice_the_size_that_pages_are_told() {
    for (style, length) in [("calm", "5"), ("calm", "8"), ("patterned", "5")] {
        let settings = [("captcha.style", style), ("captcha.length", length)];
        let service = Service::start(&settings).await;
        let person = Person::new(&service);
        let page = person.get("/sign-in").await.text();
        let (_, image) = page.split_once("/image\" ").unwrap();
        let told = |name: &str| -> u32 {
            let (_, value) = image.split_once(&format!("{name}=\"")).unwrap();
            value.split('"').next().unwrap().parse().unwrap()
        };
        let picture = get(&person, &format!("?cur_id={}", Uuid::new_v4())).await;
        let seen = |at: usize| u32::from_be_bytes(picture.body[at..at + 4].try_into().unwrap());
        assert_eq!((seen(16), seen(20)), (2 * told("width"), 2 * told("height")));
    }
}

#[tokio::test]
async fn an_id_that_is_missing_or_not_a_uuid_is_refused() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let long = format!("?cur_id={}", "9".repeat(3_000));
    for query in [
        "",
        "?",
        "?cur_id",
        "?cur_id=",
        "?cur_id=1",
        "?pre_id=9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5e",
        "?cur_id=9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5",
        "?cur_id=9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5e%00",
        "?cur_id=9b2d3a54-6f1e-4c57-8a8e-0d1c2b3a4f5e%0d%0ax:y",
        "?cur_id=../../etc/passwd",
        "?cur_id=%ff%fe",
        "?cur_id=%",
        "?cur_id=*",
        &long,
    ] {
        get(&person, query).await.says(MISSING.0, MISSING.1);
    }
}

#[tokio::test]
async fn spaces_as_in_the_tutorial_are_accepted() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = Uuid::new_v4();
    let reply = get(&person, &format!("?pre_id=&cur_id%20=%20{id}")).await;
    assert_eq!(reply.header("content-type"), "image/png");
    person.ask_code(&phone(), "abcd2", &id.to_string()).await.says("0", "发送成功");
}

#[tokio::test]
async fn cap_2_the_previous_picture_is_dropped() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let (former, id) = (person.challenge().await, Uuid::new_v4());
    get(&person, &format!("?pre_id={former}&cur_id={id}")).await;
    person.ask_code(&phone(), "abcd2", &former).await.says("4002", "图片验证码过期");
    person.ask_code(&phone(), "abcd2", &id.to_string()).await.says("0", "发送成功");
}

#[tokio::test]
async fn a_picture_does_not_replace_itself() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = Uuid::new_v4();
    let reply = get(&person, &format!("?pre_id={id}&cur_id={id}")).await;
    assert_eq!(reply.header("content-type"), "image/png");
    person.ask_code(&phone(), "abcd2", &id.to_string()).await.says("0", "发送成功");
}

#[tokio::test]
async fn an_invalid_previous_id_is_ignored() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let other = person.challenge().await;
    let long = "9".repeat(3_000);
    for pre_id in ["", "null", "undefined", "*", "%00", &long, &Uuid::new_v4().to_string()] {
        let reply = get(&person, &format!("?cur_id={}&pre_id={pre_id}", Uuid::new_v4())).await;
        assert_eq!(reply.header("content-type"), "image/png", "{pre_id}");
    }
    person.ask_code(&phone(), "abcd2", &other).await.says("0", "发送成功");
}

#[tokio::test]
async fn a_picture_drawn_again_differs_and_is_worth_one_message() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = Uuid::new_v4().to_string();
    let path = format!("/passport/image_code?cur_id={id}");
    let (first, second) = (person.get(&path).await, person.get(&path).await);
    assert_ne!(first.body, second.body);
    person.ask_code(&phone(), "abcd2", &id).await.says("0", "发送成功");
    person.ask_code(&phone(), "abcd2", &id).await.says("4002", "图片验证码过期");
}

#[tokio::test]
async fn cap_7_the_sixty_first_picture_in_a_minute_is_refused() {
    let service = Service::start(&[]).await;
    let (person, other) = (Person::new(&service), Person::new(&service));
    for _ in 0..60 {
        person.challenge().await;
    }
    let seconds = get(&person, &format!("?cur_id={}", Uuid::new_v4())).await.says_too_many();
    assert!((1..=60).contains(&seconds), "{seconds}");
    other.challenge().await;
}

#[tokio::test]
async fn an_anonymous_request_creates_no_session() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let reply = get(&person, &format!("?cur_id={}", Uuid::new_v4())).await;
    assert_eq!(reply.cookie("passport_session"), None);
    assert!(reply.cookie("csrf_token").is_some());
}
