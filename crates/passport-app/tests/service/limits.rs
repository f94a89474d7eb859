//! Limits per number and per client.

use futures::future::join_all;

use crate::support::{PASSWORD, Person, Service, phone};

const WRONG: (&str, &str) = ("4004", "手机号或密码错误");

#[tokio::test]
async fn rl_1_the_cooldown_of_a_number_applies_to_every_spelling() {
    let service = Service::start(&[]).await;
    let phone = phone();
    Person::new(&service).request_code(&phone).await;
    for spelling in [phone.clone(), format!("+86{phone}"), format!("0086{phone}")] {
        let person = Person::new(&service);
        let id = person.challenge().await;
        let seconds = person.ask_code(&spelling, "abcd2", &id).await.says_too_many();
        assert!((1..=60).contains(&seconds), "{seconds}");
        // The refused request did not spend the challenge.
        person.ask_code(&crate::support::phone(), "abcd2", &id).await.says("0", "发送成功");
    }
    assert_eq!(Person::new(&service).codes_of(&phone).await.len(), 1);
}

#[tokio::test]
async fn rl_1_messages_to_a_number_are_limited_per_hour_and_per_day() {
    for (key, least, most) in
        [("limits.sms_per_phone_hour", 61, 3_600), ("limits.sms_per_phone_day", 3_601, 86_400)]
    {
        let service = Service::start(&[(key, "1")]).await;
        let phone = phone();
        Person::new(&service).request_code(&phone).await;
        let seconds = Person::new(&service).try_request_code(&phone).await.says_too_many();
        assert!((least..=most).contains(&seconds), "{key} {seconds}");
    }
}

#[tokio::test]
async fn rl_7_a_request_after_the_stated_wait_is_served() {
    let service = Service::start(&[("sms_code.resend_after", "2s")]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.request_code(&phone).await;
    let seconds = person.try_request_code(&phone).await.says_too_many();
    assert!(seconds <= 2, "{seconds}");
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    person.request_code(&phone).await;
}

#[tokio::test]
async fn rl_2_the_eleventh_message_from_an_address_in_an_hour_is_refused() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for _ in 0..10 {
        person.request_code(&phone()).await;
    }
    let phone = phone();
    let seconds = person.try_request_code(&phone).await.says_too_many();
    assert!((61..=3_600).contains(&seconds), "{seconds}");
    assert!(person.codes_of(&phone).await.is_empty());
    Person::new(&service).request_code(&phone).await;
}

#[tokio::test]
async fn rl_2_forwarded_headers_count_only_from_trusted_proxies() {
    for trusted in ["", "192.0.2.0/24"] {
        let settings = [("http.trusted_proxies", trusted), ("limits.sms_per_ip_hour", "2")];
        let service = Service::start(&settings).await;
        for _ in 0..2 {
            Person::new(&service).request_code(&phone()).await;
        }
        Person::new(&service).try_request_code(&phone()).await.says_too_many();
    }
}

#[tokio::test]
async fn rl_2_the_right_most_hop_counts_and_hops_to_its_left_do_not() {
    let service = Service::start(&[("limits.sms_per_ip_hour", "2")]).await;
    let address = crate::support::address();
    for spoofed in ["192.0.2.1, ", "127.0.0.1,", "x,", ""] {
        let person = Person::from_address(&service, &format!("{spoofed}{address}"));
        if spoofed == "x," || spoofed.is_empty() {
            person.try_request_code(&phone()).await.says_too_many();
        } else {
            person.request_code(&phone()).await;
        }
    }
}

#[tokio::test]
async fn rl_2_two_addresses_of_a_64_are_one_client() {
    let service = Service::start(&[("limits.sms_per_ip_hour", "1")]).await;
    let at = |address| Person::from_address(&service, address);
    at("2001:db8:1:2::1").request_code(&phone()).await;
    at("2001:db8:1:2:ffff::1").try_request_code(&phone()).await.says_too_many();
    at("2001:db8:1:3::1").request_code(&phone()).await;
}

#[tokio::test]
async fn wrong_answers_to_pictures_use_up_no_messages() {
    let service = Service::start(&[("limits.sms_per_ip_hour", "1")]).await;
    let (person, phone) = (Person::new(&service), phone());
    for _ in 0..5 {
        let id = person.challenge().await;
        person.ask_code(&phone, "wrong", &id).await.says("4004", "图片验证码错误");
    }
    person.request_code(&phone).await;
}

#[tokio::test]
async fn otp_9_after_wrong_codes_in_a_row_a_number_waits_for_a_day() {
    let service = Service::start(&[("limits.wrong_codes_stop", "2")]).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    for _ in 0..2 {
        person.register(&phone, "wrong!", PASSWORD).await.says("4004", "短信验证码错误");
    }
    // The right code is refused as well.
    let seconds = person.register(&phone, &code, PASSWORD).await.says_too_many();
    assert!((3_601..=86_400).contains(&seconds), "{seconds}");
    person.sign_up(&crate::support::phone(), PASSWORD).await;
}

#[tokio::test]
async fn rl_8_the_eleventh_failure_from_an_address_in_a_minute_is_refused() {
    // So that failures in a row, which are counted for the number, cause no delay.
    let service = Service::start(&[("limits.failures_free", "50")]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    for _ in 0..10 {
        person.login(&phone, "wrong password").await.says(WRONG.0, WRONG.1);
    }
    // The right password is refused as well.
    for password in ["wrong password", PASSWORD] {
        let seconds = person.login(&phone, password).await.says_too_many();
        assert!((1..=60).contains(&seconds), "{seconds}");
    }
    Person::new(&service).sign_in(&phone, PASSWORD).await;
}

#[tokio::test]
async fn rl_8_parallel_failures_do_not_outrun_the_count() {
    let service =
        Service::start(&[("password.queue", "1000"), ("limits.failures_free", "50")]).await;
    let person = Person::new(&service);
    let phone = phone();
    let logins = (0..40).map(|_| person.login(&phone, "wrong password"));
    let errnos: Vec<_> = join_all(logins).await.iter().map(|reply| reply.errno()).collect();
    assert_eq!(errnos.iter().filter(|errno| *errno == "4004").count(), 10, "{errnos:?}");
    assert_eq!(errnos.iter().filter(|errno| *errno == "4201").count(), 30, "{errnos:?}");
}

#[tokio::test]
async fn x1_all_sign_ins_of_an_address_are_limited_and_the_refusal_states_the_wait() {
    let service = Service::start(&[("limits.sign_ins_per_ip_minute", "3")]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    for _ in 0..3 {
        person.sign_in(&phone, PASSWORD).await;
    }
    let refused = person.login(&phone, PASSWORD).await;
    let seconds = refused.says_too_many();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("retry-after"), seconds.to_string());
    Person::new(&service).sign_in(&phone, PASSWORD).await;
}

#[tokio::test]
async fn x1_successful_sign_ins_to_an_account_are_limited_over_all_addresses() {
    let service = Service::start(&[("limits.sign_ins_per_phone_hour", "3")]).await;
    let phone = phone();
    Person::new(&service).sign_up(&phone, PASSWORD).await;
    for _ in 0..3 {
        Person::new(&service).login(&phone, "wrong password").await.says(WRONG.0, WRONG.1);
        Person::new(&service).sign_in(&phone, PASSWORD).await;
    }
    let seconds = Person::new(&service).login(&phone, PASSWORD).await.says_too_many();
    assert!((61..=3_600).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn rl_8_failures_in_a_row_for_a_number_have_to_wait_over_all_addresses() {
    let service = Service::start(&[]).await;
    let phone = phone();
    let mut failures = 0;
    let wait = loop {
        let reply = Person::new(&service).login(&phone, "wrong password").await;
        if reply.errno() != WRONG.0 {
            break reply;
        }
        failures += 1;
    };
    // On a slow machine a delay may have passed before the next try.
    assert!((5..14).contains(&failures), "{failures}");
    let seconds = wait.says_too_many();
    assert!((1..=1 << (failures - 5)).contains(&seconds), "{seconds} after {failures}");
    Person::new(&service).login(&crate::support::phone(), "x").await.says(WRONG.0, WRONG.1);
}

#[tokio::test]
async fn rl_8_failures_in_a_row_stop_sign_in_by_password_and_a_right_one_ends_the_row() {
    let service =
        Service::start(&[("limits.failures_free", "2"), ("limits.failures_stop", "3")]).await;
    let (phone, other) = (phone(), crate::support::phone());
    for number in [&phone, &other] {
        Person::new(&service).sign_up(number, PASSWORD).await;
    }
    let stopped = ("4201", "错误次数过多，请换一种方式登录或重置密码");
    for failure in 0..5 {
        Person::new(&service).login(&other, "wrong password").await.says(WRONG.0, WRONG.1);
        Person::new(&service).sign_in(&other, PASSWORD).await;
        let reply = Person::new(&service).login(&phone, "wrong password").await;
        let (errno, errmsg) = if failure < 3 { WRONG } else { stopped };
        reply.says(errno, errmsg);
    }
    Person::new(&service).login(&phone, PASSWORD).await.says(stopped.0, stopped.1);
}

#[tokio::test]
async fn a_successful_sign_in_is_not_a_failure() {
    let service = Service::start(&[("limits.login_failures_per_ip_minute", "2")]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    for _ in 0..5 {
        person.sign_in(&phone, PASSWORD).await;
    }
}
