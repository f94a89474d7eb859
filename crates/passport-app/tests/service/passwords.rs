//! Accepted passwords; every character of a password counts.

use crate::support::{PASSWORD, Person, Service, phone};

const WRONG: (&str, &str) = ("4004", "手机号或密码错误");

/// Signs up with `password`; returns whether `attempt` signs in.
async fn opens(service: &Service, password: &str, attempt: &str) -> bool {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, password).await;
    let reply = person.login(&phone, attempt).await;
    if reply.errno() != "0" {
        reply.says(WRONG.0, WRONG.1);
    }
    reply.errno() == "0"
}

#[tokio::test]
async fn pwd_5_a_refusal_states_its_reason_and_spends_nothing() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    let international = format!("+86{phone}");
    let (of_129, of_513_bytes) = ("x1".repeat(64) + "y", "\u{1f511}".repeat(128) + "x");
    for (password, reason) in [
        ("qT7-xyz", "密码至少 8 个字符"),
        ("\u{1f511}\u{1f511}", "密码至少 8 个字符"),
        (&of_129, "密码最多 128 个字符"),
        (&of_513_bytes, "密码最多 128 个字符"),
        ("password1", "密码过于常见，请换一个"),
        ("passport123", "密码过于常见，请换一个"),
        (&phone, "密码不能是手机号"),
        (&international, "密码不能是手机号"),
    ] {
        person.register(&phone, &code, password).await.says("4004", reason);
    }
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn pwd_1_and_2_lengths_within_the_bounds_are_taken() {
    let service = Service::start(&[]).await;
    let longest = "\u{1f511}".repeat(128);
    for password in ["qT7-xyzw", &"\u{1f511}".repeat(8), &"x1".repeat(64), &longest] {
        assert!(opens(&service, password, password).await, "{password}");
    }
}

#[tokio::test]
async fn pwd_1_the_minimum_length_can_be_raised() {
    let service = Service::start(&[("password.min_length", "15")]).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    person.register(&phone, &code, "fourteen chars").await.says("4004", "密码至少 15 个字符");
    person.register(&phone, &code, "fifteen  chars!").await.says("0", "用户注册成功");
}

#[tokio::test]
async fn pwd_3_a_character_in_one_piece_or_two_is_the_same() {
    let service = Service::start(&[]).await;
    assert!(opens(&service, "caf\u{e9} au lait", "cafe\u{301} au lait").await);
    assert!(opens(&service, " a b c d ", " a b c d ").await);
}

#[tokio::test]
async fn pwd_4_every_byte_counts() {
    let service = Service::start(&[]).await;
    let head = "a".repeat(72);
    let (one, other) = (format!("{head}X"), format!("{head}Y"));
    assert!(!opens(&service, &one, &other).await);
    assert!(!opens(&service, &one, &head).await);
    assert!(!opens(&service, "nine chrs\0X tail", "nine chrs\0Y tail").await);
    assert!(!opens(&service, "nine chrs\0X tail", "nine chrs").await);
    assert!(!opens(&service, "Correct Horse", "correct horse").await);
    assert!(!opens(&service, " spaces count ", "spaces count").await);
    assert!(opens(&service, "nine chrs\0X tail", "nine chrs\0X tail").await);
}

#[tokio::test]
async fn an_oversized_password_is_simply_wrong_at_sign_in() {
    let service = Service::start(&[]).await;
    let attempt = "x".repeat(513);
    assert!(!opens(&service, PASSWORD, &attempt).await);
    assert!(!opens(&service, PASSWORD, &"x".repeat(15_000)).await);
}
