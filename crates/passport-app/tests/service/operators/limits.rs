//! `passport limits show` and `passport limits reset`.

use serde_json::{Value, json};

use super::Desk;
use crate::support::{
    Account, Api, Call, PASSWORD, Person, Service, address, phone, redis, sign_in,
};

/// The state of one limit in the output of `limits show --json`.
#[track_caller]
fn limit(shown: &Value, name: &str) -> Value {
    let limits = shown["limits"].as_array().unwrap();
    limits.iter().find(|limit| limit["limit"] == name).unwrap_or_else(|| panic!("{shown}")).clone()
}

async fn shows_and_resets(settings: &[(&str, &str)], reached: &str) {
    let service = Service::start(settings).await;
    let desk = Desk::new(&service, settings);
    let (address, phone) = (address(), phone());
    let person = Person::from_address(&service, &address);
    person.request_code(&phone).await;
    for _ in 0..5 {
        person.login(&phone, "a wrong password").await;
    }

    let shown = desk.json(&format!("limits show {phone} --json"));
    assert_eq!(shown["reached"], reached);
    assert_eq!(shown["user"], Value::Null);
    assert!(!shown.to_string().contains(&phone), "{shown}");
    let cooldown = limit(&shown, "sms-per-phone-cooldown");
    assert_eq!(
        (&cooldown["used"], &cooldown["of"], &cooldown["left"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert!((1..=60).contains(&cooldown["room_in"].as_u64().unwrap()), "{cooldown}");
    let hour = limit(&shown, "sms-per-phone-hour");
    assert_eq!((&hour["used"], &hour["left"], &hour["room_in"]), (&json!(1), &json!(4), &json!(0)));
    assert!((3_500..=3_600).contains(&hour["all_free_in"].as_u64().unwrap()), "{hour}");
    assert_eq!(shown["failures"][0]["of"], "passwords");
    assert_eq!(shown["failures"][0]["failures"], 5);
    let of_client = desk.json(&format!("limits show {address} --json"));
    assert_eq!(limit(&of_client, "sms-per-client-hour")["used"], 1);
    assert_eq!(limit(&of_client, "login-failures-per-client")["used"], 5);
    let again = desk.json(&format!("limits show {phone} --json"));
    assert_eq!(limit(&again, "sms-per-phone-hour")["used"], 1, "showing counts nothing");

    assert_ne!(person.try_request_code(&phone).await.errno(), "0", "the number has to wait");
    desk.run(&format!("limits reset {phone} --as alice --reason INC-17 --yes")).good();
    let reset = desk.json(&format!("limits show {phone} --json"));
    for limit in reset["limits"].as_array().unwrap() {
        assert_eq!(limit["used"], 0, "{limit}");
    }
    assert_eq!(reset["failures"][0]["failures"], 0);
    assert_eq!(person.try_request_code(&phone).await.errno(), "0", "there is room again");
    let of_client = desk.json(&format!("limits show {address} --json"));
    assert_eq!(limit(&of_client, "sms-per-client-hour")["used"], 2, "the client has its own");
    desk.json(&format!("limits reset {address} --as alice --yes --json"));
    let of_client = desk.json(&format!("limits show {address} --json"));
    assert_eq!(limit(&of_client, "sms-per-client-hour")["used"], 0);

    let events = desk.json("audit --kind limits.reset --json");
    let [of_phone, of_client] = &events.as_array().unwrap()[..] else { panic!("{events}") };
    assert_eq!(
        (&of_phone["actor"], &of_client["actor"]),
        (&json!("operator:alice"), &json!("operator:alice"))
    );
    assert_eq!(of_phone["reason"], "INC-17");
    assert_eq!(of_client["detail"]["client"], address);
}

#[tokio::test]
async fn limits_in_sqlite_are_shown_and_reset() {
    shows_and_resets(&[], "without-challenges").await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn limits_in_redis_are_shown_and_reset() {
    let url = redis();
    shows_and_resets(&[("store.url", &url)], "all").await;
}

#[tokio::test]
async fn limits_in_the_memory_of_the_service_are_not_called_reset() {
    let settings = [("store.url", "memory:")];
    let service = Service::start(&settings).await;
    let desk = Desk::new(&service, &settings);
    let phone = phone();
    for _ in 0..5 {
        Person::new(&service).login(&phone, "a wrong password").await;
    }
    let shown = desk.run(&format!("limits show {phone}"));
    assert_eq!(shown.status, Some(0));
    assert!(shown.out.contains("passwords          5 "), "{}", shown.out);
    assert!(shown.err.contains("in the memory of the service (store.url)"), "{}", shown.err);
    let error = desk.run(&format!("limits reset {phone} --yes")).failed(1);
    assert!(error.contains("the failures in a row") && error.contains("nothing else"), "{error}");
    let shown = desk.json(&format!("limits show {phone} --json"));
    assert_eq!((&shown["reached"], &shown["failures"][0]["failures"]), (&json!("none"), &json!(0)));
    let error = desk.run("limits reset 203.0.113.9 --yes").failed(1);
    assert!(error.contains("nothing was reset"), "{error}");
}

#[tokio::test]
async fn limits_of_a_number_are_also_those_of_its_user() {
    let service = Service::start(&[]).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &[]));
    let account = Account::with_password(&api).await;
    api.done(Call::new(reqwest::Method::GET, "/me/events").by(&account.token)).await;
    let shown = desk.json(&format!("limits show {} --json", account.phone));
    assert_eq!(shown["user"], account.id);
    assert_eq!(limit(&shown, "history-per-user-minute")["used"], 1);
    let text = desk.run(&format!("limits show {}", account.phone)).good();
    assert!(text.contains(&account.id) && text.contains("failures in a row"), "{text}");
    assert_eq!(sign_in(&api, &account.phone, PASSWORD).await.status, 201);
}

#[tokio::test]
async fn a_reset_asks_and_names_what_it_does_not_understand() {
    let service = Service::start(&[]).await;
    let desk = Desk::new(&service, &[]);
    let error = desk.run("limits reset 13800138000").failed(2);
    assert!(
        error.contains("Reset the limits of 138****8000?") && error.contains("add --yes"),
        "{error}"
    );
    let error = desk.run("limits show alice").failed(2);
    assert!(error.contains("neither a phone number"), "{error}");
}
