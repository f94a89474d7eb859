//! `POST /passport/register`: every answer.

use futures::future::join_all;
use serde_json::json;

use crate::support::{PASSWORD, Person, Service, phone};

const EXPIRED: (&str, &str) = ("4002", "短信验证码已经过期");
const WRONG: (&str, &str) = ("4004", "短信验证码错误");

/// A code that is not `code`.
fn other(code: &str) -> String {
    let flip = |digit: char| if digit == '9' { '0' } else { '9' };
    code.chars().map(flip).collect()
}

#[tokio::test]
async fn each_field_must_be_there_and_not_empty() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    let code = person.request_code(&phone).await;
    let whole = json!({ "mobile": phone, "sms_code": code, "password": PASSWORD });
    for field in ["mobile", "sms_code", "password"] {
        let (mut without, mut empty) = (whole.clone(), whole.clone());
        without.as_object_mut().unwrap().remove(field);
        empty[field] = json!("");
        person.post("/passport/register", without).await.says("4103", "参数不全");
        person.post("/passport/register", empty).await.says("4103", "参数不全");
    }
    person.post("/passport/register", whole).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn the_checks_come_in_order() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    // Order: missing field, bad number, password, code.
    person.register("1", "", "short").await.says("4103", "参数不全");
    person.register("1", "000000", "short").await.says("4004", "手机号格式不正确");
    person.register(&phone, "000000", "short").await.says("4004", "密码至少 8 个字符");
    person.register(&phone, "000000", PASSWORD).await.says(EXPIRED.0, EXPIRED.1);

    // Order: code, taken number.
    person.sign_up(&phone, PASSWORD).await;
    person.register(&phone, "000000", PASSWORD).await.says(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn a_number_is_registered_once() {
    let service = Service::start(&[("sms_code.resend_after", "1s")]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    let code = loop {
        // ENU-1: a taken number gets a code like any other.
        let reply = person.try_request_code(&phone).await;
        if reply.errno() == "0" {
            break person.codes_of(&phone).await.remove(0);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    person.register(&phone, &other(&code), "another password").await.says(WRONG.0, WRONG.1);
    let taken = person.register(&phone, &code, "another password").await;
    taken.says("4003", "该手机号已注册");
    person.login(&phone, "another password").await.says("4004", "手机号或密码错误");
    person.sign_in(&phone, PASSWORD).await;
}

#[tokio::test]
async fn signing_up_does_not_sign_in() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    let code = person.request_code(&phone).await;
    let reply = person.register(&phone, &code, PASSWORD).await;
    reply.says("0", "用户注册成功");
    assert_eq!(reply.cookie("passport_session"), None);
    assert!(person.who_am_i().await.is_none());
}

#[tokio::test]
async fn otp_5_a_wrong_guess_does_not_burn_the_code() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    let code = person.request_code(&phone).await;
    for _ in 0..4 {
        person.register(&phone, &other(&code), PASSWORD).await.says(WRONG.0, WRONG.1);
    }
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn otp_4_dies_after_five_tries() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    let code = person.request_code(&phone).await;
    for _ in 0..5 {
        person.register(&phone, &other(&code), PASSWORD).await.says(WRONG.0, WRONG.1);
    }
    person.register(&phone, &code, PASSWORD).await.says(EXPIRED.0, EXPIRED.1);
    person.login(&phone, PASSWORD).await.says("4004", "手机号或密码错误");
}

#[tokio::test]
async fn otp_4_no_more_than_five_of_many_parallel_guesses_are_compared() {
    // The limit has room for all guesses, because each is charged until its code is found to be gone.
    let settings = [
        ("password.queue", "1000"),
        ("limits.wrong_codes_stop", "30"),
        ("limits.wrong_codes_per_ip_day", "30"),
    ];
    let service = Service::start(&settings).await;
    let person = Person::new(&service);
    let phone = phone();
    let wrong = other(&person.request_code(&phone).await);
    let guesses = (0..30).map(|_| person.register(&phone, &wrong, PASSWORD));
    let errnos: Vec<_> = join_all(guesses).await.iter().map(|reply| reply.errno()).collect();
    assert_eq!(errnos.iter().filter(|errno| *errno == "4004").count(), 5, "{errnos:?}");
    assert_eq!(errnos.iter().filter(|errno| *errno == "4002").count(), 25, "{errnos:?}");
}

#[tokio::test]
async fn otp_3_of_eight_parallel_registers_with_one_code_one_succeeds() {
    // The password of one that comes too late is compared with that of the account, as in a sign-in.
    let service = Service::start(&[("limits.failures_free", "50")]).await;
    for _ in 0..5 {
        let (person, phone) = (Person::new(&service), phone());
        let code = person.request_code(&phone).await;
        // With a password each, because equal requests are repetitions of one sign-up.
        let passwords: Vec<_> = (0..8).map(|n| format!("{PASSWORD} {n}")).collect();
        let registers = passwords.iter().map(|password| person.register(&phone, &code, password));
        let errnos: Vec<_> = join_all(registers).await.iter().map(|it| it.errno()).collect();
        assert_eq!(errnos.iter().filter(|errno| *errno == "0").count(), 1, "{errnos:?}");
        assert!(errnos.iter().all(|errno| errno == "0" || errno == "4002"), "{errnos:?}");
        let winner = errnos.iter().position(|errno| errno == "0").unwrap();
        person.sign_in(&phone, &passwords[winner]).await;
    }
}

#[tokio::test]
async fn simultaneous_sign_ups_and_sign_ins_do_not_hinder_each_other() {
    let service = Service::start(&[("password.queue", "1000")]).await;
    let people: Vec<_> = (0..40).map(|_| (Person::new(&service), phone())).collect();
    let walks = people.iter().map(|(person, phone)| async move {
        person.sign_up(phone, PASSWORD).await;
        person.sign_in(phone, PASSWORD).await;
        assert!(person.who_am_i().await.is_some());
        person.sign_out().await;
    });
    join_all(walks).await;
}

#[tokio::test]
async fn otp_6_a_code_is_good_for_its_own_number_only() {
    let service = Service::start(&[]).await;
    let (person, stranger) = (Person::new(&service), Person::new(&service));
    let (own, foreign) = (phone(), phone());
    let code = person.request_code(&own).await;
    stranger.register(&foreign, &code, PASSWORD).await.says(EXPIRED.0, EXPIRED.1);
    let theirs = stranger.request_code(&foreign).await;
    if code != theirs {
        stranger.register(&foreign, &code, PASSWORD).await.says(WRONG.0, WRONG.1);
    }
    // Another spelling of the same number.
    person.register(&format!("+86{own}"), &code, PASSWORD).await.says("0", "用户注册成功");
    person.sign_in(&format!("0086{own}"), PASSWORD).await;
}

#[tokio::test]
async fn otp_7_a_new_code_kills_the_former() {
    let service = Service::start(&[("sms_code.resend_after", "1s")]).await;
    let person = Person::new(&service);
    let phone = phone();
    let former = person.request_code(&phone).await;
    while person.try_request_code(&phone).await.errno() != "0" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let code = person.codes_of(&phone).await.remove(0);
    if former != code {
        person.register(&phone, &former, PASSWORD).await.says(WRONG.0, WRONG.1);
    }
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn a_malformed_code_counts_as_wrong() {
    let service = Service::start(&[("sms_code.tries", "10")]).await;
    let person = Person::new(&service);
    let phone = phone();
    let code = person.request_code(&phone).await;
    let long = "1".repeat(3_000);
    let dashed = format!("{}-{}", &code[..3], &code[3..]);
    let doubled = format!("{code}{code}");
    for guess in ["0", "*", "\0", &long, &dashed, &doubled] {
        person.register(&phone, guess, PASSWORD).await.says(WRONG.0, WRONG.1);
    }
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn w9_a_code_is_taken_as_people_type_it() {
    let service = Service::start(&[("limits.sms_per_ip_hour", "30")]).await;
    let person = Person::new(&service);
    let wide = |digit: char| char::from_u32(u32::from(digit) + 0xFEE0).unwrap();
    for write in [
        |code: &str| format!("{code} "),
        |code: &str| format!(" {code}"),
        |code: &str| format!("{} {}", &code[..3], &code[3..]),
        |code: &str| format!("{code}\n"),
        |code: &str| format!("\u{3000}{}\u{a0}{}\t", &code[..2], &code[2..]),
        |code: &str| format!("\u{200e}{code}\u{202c}\u{feff}"),
    ] {
        let phone = phone();
        let typed = write(&person.request_code(&phone).await);
        person.register(&phone, &typed, PASSWORD).await.says("0", "用户注册成功");
    }
    let phone = phone();
    let typed: String = person.request_code(&phone).await.chars().map(wide).collect();
    person.register(&phone, &typed, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn x6_a_stranger_has_ten_wrong_codes_a_day_and_cannot_use_up_a_number() {
    let service = Service::start(&[("sms_code.resend_after", "1s")]).await;
    let (owner, stranger, phone) = (Person::new(&service), Person::new(&service), phone());
    let mut code = owner.request_code(&phone).await;
    for guess in 0..10 {
        if guess == 5 {
            // The first five have ended the code.
            owner.register(&phone, &code, PASSWORD).await.says(EXPIRED.0, EXPIRED.1);
            crate::support::until("another code is sent", async || {
                owner.try_request_code(&phone).await.errno() == "0"
            })
            .await;
            code = owner.codes_of(&phone).await.remove(0);
            stranger.register(&phone, &other(&code), PASSWORD).await.says(WRONG.0, WRONG.1);
            break;
        }
        stranger.register(&phone, &other(&code), PASSWORD).await.says(WRONG.0, WRONG.1);
    }
    for number in [crate::support::phone(), crate::support::phone()] {
        let code = Person::new(&service).request_code(&number).await;
        for _ in 0..2 {
            stranger.register(&number, &other(&code), PASSWORD).await.says(WRONG.0, WRONG.1);
        }
    }
    stranger.register(&phone, &other(&code), PASSWORD).await.says_too_many();
    stranger.register(&phone, &code, PASSWORD).await.says_too_many();
    // The owner, at another address, is not affected.
    owner.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}
