//! `POST /passport/sms_code`: every answer, and the cost of a code for an attacker.

use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Person, Service, phone};

const RIGHT: &str = "abcd2";
const EXPIRED: (&str, &str) = ("4002", "图片验证码过期");
const WRONG: (&str, &str) = ("4004", "图片验证码错误");

#[tokio::test]
async fn each_field_must_be_there_and_not_empty() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let (phone, id) = (phone(), person.challenge().await);
    let whole = json!({ "mobile": phone, "image_code": RIGHT, "image_code_id": id });
    for field in ["mobile", "image_code", "image_code_id"] {
        let (mut without, mut empty) = (whole.clone(), whole.clone());
        without.as_object_mut().unwrap().remove(field);
        empty[field] = json!("");
        person.post("/passport/sms_code", without).await.says("4103", "参数不全");
        person.post("/passport/sms_code", empty).await.says("4103", "参数不全");
    }
    person.post("/passport/sms_code", whole).await.says("0", "发送成功");
}

#[tokio::test]
async fn the_checks_come_in_order() {
    let service = Service::start(&[("limits.sms_per_ip_hour", "1")]).await;
    let person = Person::new(&service);
    let first = person.challenge().await;
    person.ask_code(&phone(), RIGHT, &first).await.says("0", "发送成功");
    // Order: missing field, bad number, limit, unknown challenge.
    person.ask_code("1", "", "").await.says("4103", "参数不全");
    person.ask_code("1", "x", "x").await.says("4004", "手机号格式不正确");
    person.ask_code(&phone(), "x", &first).await.says_too_many();
    Person::new(&service).ask_code(&phone(), "x", &first).await.says(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn an_unknown_challenge_is_expired() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let long = "9".repeat(3_000);
    for id in [&Uuid::new_v4().to_string(), "1", " ", "*", "a\0b", "a\r\nDEL x", &long] {
        person.ask_code(&phone(), RIGHT, id).await.says(EXPIRED.0, EXPIRED.1);
    }
}

#[tokio::test]
async fn cap_1_an_answer_counts_once_right_or_wrong() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let (phone, id) = (phone(), person.challenge().await);
    person.ask_code(&phone, "wrong", &id).await.says(WRONG.0, WRONG.1);
    person.ask_code(&phone, RIGHT, &id).await.says(EXPIRED.0, EXPIRED.1);
    assert!(person.codes_of(&phone).await.is_empty());

    let id = person.challenge().await;
    person.ask_code(&phone, RIGHT, &id).await.says("0", "发送成功");
    person.ask_code(&crate::support::phone(), RIGHT, &id).await.says(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn without_a_test_answer_only_the_picture_has_the_right_one() {
    let service = Service::start(&[("captcha.test_answer", "")]).await;
    let person = Person::new(&service);
    for answer in [RIGHT, " ", "\u{3000}", "*", "\0"] {
        let id = person.challenge().await;
        person.ask_code(&phone(), answer, &id).await.says(WRONG.0, WRONG.1);
    }
}

#[tokio::test]
async fn cap_3_case_is_ignored() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = person.challenge().await;
    person.ask_code(&phone(), &RIGHT.to_uppercase(), &id).await.says("0", "发送成功");
}

#[tokio::test]
async fn the_uuid_may_be_written_in_capitals() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = person.challenge().await.to_uppercase();
    person.ask_code(&phone(), RIGHT, &id).await.says("0", "发送成功");
}

#[tokio::test]
async fn a_malformed_number_is_refused_and_costs_nothing() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let id = person.challenge().await;
    for number in [
        "13800138000x",
        "13800138000\n",
        "13800138000 ",
        " 13800138000",
        "13800138000,13800138001",
        "13800138000;13800138001",
        "１３８００１３８０００",
        "13800138000\0",
        "1380013800",
        "138001380000",
        "12800138000",
        "+1-900-555-0100",
        "+8821234567890",
        "+447011234567",
        "+85291234567",
        "+86",
        "null",
        "\u{202e}13800138000",
    ] {
        person.ask_code(number, RIGHT, &id).await.says("4004", "手机号格式不正确");
    }
    let inbox = person.inbox().await;
    assert_eq!(inbox, json!([]), "nothing was sent");
    // The challenge was not spent.
    person.ask_code(&phone(), RIGHT, &id).await.says("0", "发送成功");
}

#[tokio::test]
async fn api_3_all_mainland_ranges_are_served() {
    let service = Service::start(&[]).await;
    for range in 3..=9 {
        let number = format!("1{range}{}", &phone()[2..]);
        Person::new(&service).request_code(&number).await;
    }
}

#[tokio::test]
async fn of_twenty_parallel_sends_with_one_captcha_one_message_is_sent() {
    let service = Service::start(&[]).await;
    for _ in 0..5 {
        let person = Person::new(&service);
        let id = person.challenge().await;
        let phones: Vec<_> = (0..20).map(|_| phone()).collect();
        let sends = phones.iter().map(|phone| person.ask_code(phone, RIGHT, &id));
        let errnos: Vec<_> = join_all(sends).await.iter().map(|reply| reply.errno()).collect();
        assert_eq!(errnos.iter().filter(|errno| *errno == "0").count(), 1, "{errnos:?}");
        assert_eq!(errnos.iter().filter(|errno| *errno == "4002").count(), 19, "{errnos:?}");
        let sent = join_all(phones.iter().map(|phone| person.codes_of(phone))).await.concat();
        assert_eq!(sent.len(), 1);
    }
}

#[tokio::test]
async fn rl_3_of_many_parallel_sends_for_one_number_one_message_is_sent() {
    let service = Service::start(&[]).await;
    let phone = phone();
    let people: Vec<_> = (0..20).map(|_| Person::new(&service)).collect();
    let ids = join_all(people.iter().map(Person::challenge)).await;
    let sends = people.iter().zip(&ids).map(|(person, id)| person.ask_code(&phone, RIGHT, id));
    let errnos: Vec<_> = join_all(sends).await.iter().map(|reply| reply.errno()).collect();
    assert_eq!(errnos.iter().filter(|errno| *errno == "0").count(), 1, "{errnos:?}");
    assert_eq!(errnos.iter().filter(|errno| *errno == "4201").count(), 19, "{errnos:?}");
    assert_eq!(people[0].codes_of(&phone).await.len(), 1);
}

#[tokio::test]
async fn otp_12_the_message_is_in_the_language_asked_for_and_has_no_link() {
    let service = Service::start(&[]).await;
    for (language, words) in [("zh-CN,zh;q=0.9", "验证码"), ("en-GB,en;q=0.9", "code")] {
        let (person, phone) = (Person::new(&service), phone());
        let id = person.challenge().await;
        let body = json!({ "mobile": phone, "image_code": RIGHT, "image_code_id": id });
        let request = person.request(reqwest::Method::POST, "/passport/sms_code").json(&body);
        person.send(request.header("Accept-Language", language)).await.says("0", "发送成功");
        let message = &person.inbox().await[0];
        let (text, code) = (message["text"].as_str().unwrap(), message["code"].as_str().unwrap());
        assert!(text.contains(words) && !text.contains("://"), "{text}");
        // OTP-11
        assert!(text.lines().last().unwrap().ends_with(&format!("#{code}")), "{text}");
        assert_eq!(message["purpose"], "register");
        assert_eq!(message["to"], format!("+86{phone}"));
    }
}

#[tokio::test]
async fn p2_p15_the_message_is_in_the_language_of_the_page() {
    let service = Service::start(&[]).await;
    for (locale, words) in [
        (json!("en"), "code"),
        (json!("zh-TW"), "驗證碼"),
        (json!("zh-Hans"), "验证码"),
        // The answers of this API are frozen: no value is refused.
        (json!("fr"), "驗證碼"),
        (json!(null), "驗證碼"),
        (json!({ "a": 1 }), "驗證碼"),
    ] {
        let (person, phone) = (Person::new(&service), phone());
        let id = person.challenge().await;
        let body = json!({
            "mobile": phone, "image_code": RIGHT, "image_code_id": id, "locale": locale
        });
        let request = person.request(reqwest::Method::POST, "/passport/sms_code").json(&body);
        let request = request.header("Accept-Language", "en;q=0.5, zh-HK");
        person.send(request).await.says("0", "发送成功");
        let message = &person.inbox().await[0];
        let text = message["text"].as_str().unwrap();
        assert!(text.contains(words), "{locale}: {text}");
    }
}

#[tokio::test]
async fn w9_an_answer_is_taken_as_people_type_it() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for typed in
        [" abcd2", "abcd2\n", "ab cd2", "ａｂｃｄ２", "\u{3000}ABCD2\u{200b}", "abcd2\u{202c}"]
    {
        let id = person.challenge().await;
        person.ask_code(&phone(), typed, &id).await.says("0", "发送成功");
    }
}
