//! Difficulty of challenges while most answers are wrong.

use super::shown;
use crate::support::{Person, Service, phone};

/// Gives `count` wrong answers, each as another person.
async fn answer_wrongly(service: &Service, count: usize) {
    for _ in 0..count {
        let person = Person::new(service);
        let id = shown(&person).await;
        person.ask_code(&phone(), "zzzz9", &id).await.says("4004", "图片验证码错误");
    }
}

/// The character of the next picture's ticket that encodes the difficulty, in the 17th byte.
async fn difficulty(service: &Service) -> String {
    let person = Person::new(service);
    shown(&person).await;
    let cookie = person.cookie("passport_challenge").unwrap();
    let ticket = cookie.split_once('.').unwrap().1;
    ticket[22..23].to_owned()
}

#[tokio::test]
async fn under_attack_pictures_become_harder_unless_the_setting_is_off() {
    for (raise, is_raised) in [("true", true), ("false", false)] {
        let service = Service::start(&[("captcha.raise", raise)]).await;
        let before = difficulty(&service).await;
        answer_wrongly(&service, 100).await;
        assert_eq!(difficulty(&service).await != before, is_raised, "{raise}");
    }
}
