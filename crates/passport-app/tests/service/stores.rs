//! Guarantees of `store.url`: the counts and codes that survive the process, and their cost.

use std::{fs, sync::Arc};

use crate::support::{PASSWORD, Person, Service, phone, postgres, redis};

const WRONG: &str = "wrong password";

#[tokio::test]
async fn s7_codes_limits_and_failures_survive_a_crash() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    // So that failures in a row, which are counted for the number, cause no delay.
    let settings = [("sms_code.tries", "3"), ("limits.failures_free", "50")];
    let mut service = Service::start_in(&folder, &settings).await;
    let (person, known, new) = (Person::new(&service), phone(), phone());
    person.sign_up(&known, PASSWORD).await;
    for _ in 0..10 {
        person.login(&known, WRONG).await.says("4004", "手机号或密码错误");
    }
    let code = person.request_code(&new).await;
    person.register(&new, "wrong!", PASSWORD).await.says("4004", "短信验证码错误");
    service.kill();

    let service = Service::start_in(&folder, &settings).await;
    person.go_to(&service);
    // The failures of the address, and the pause between two messages to the number.
    person.login(&known, PASSWORD).await.says_too_many();
    Person::new(&service).try_request_code(&new).await.says_too_many();
    // The code, with its remaining tries.
    person.register(&new, "wrong!", PASSWORD).await.says("4004", "短信验证码错误");
    person.register(&new, &code, PASSWORD).await.says("0", "用户注册成功");
    Person::new(&service).sign_in(&new, PASSWORD).await;
}

#[tokio::test]
async fn s7_memory_stores_end_with_the_process_and_the_start_warns_of_it() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let settings = [("store.url", "memory:")];
    let mut service = Service::start_in(&folder, &settings).await;
    let warning = warning(&service, "store.url is memory:").expect("a warning is logged");
    assert!(warning.contains("for tests"), "{warning}");
    let phone = phone();
    let code = Person::new(&service).request_code(&phone).await;
    service.kill();
    let service = Service::start_in(&folder, &settings).await;
    let person = Person::new(&service);
    person.register(&phone, &code, PASSWORD).await.says("4002", "短信验证码已经过期");
    person.request_code(&phone).await;
}

/// With every kind of store: a restart must not give more guesses.
async fn wrong_passwords_are_counted_over_a_restart(settings: &[(&str, &str)]) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let own = [("limits.failures_free", "1"), ("limits.failures_stop", "2")];
    let settings = [&own[..], settings].concat();
    let mut service = Service::start_in(&folder, &settings).await;
    let (person, known, unknown) = (Person::new(&service), phone(), phone());
    person.sign_up(&known, PASSWORD).await;
    let numbers = [&known, &unknown];
    for number in numbers {
        person.login(number, WRONG).await.says("4004", "手机号或密码错误");
    }
    service.kill();
    service = Service::start_in(&folder, &settings).await;
    for number in numbers {
        Person::new(&service).login(number, WRONG).await.says("4004", "手机号或密码错误");
    }
    service.kill();
    let service = Service::start_in(&folder, &settings).await;
    for number in numbers {
        let reply = Person::new(&service).login(number, PASSWORD).await;
        reply.says("4201", "错误次数过多，请换一种方式登录或重置密码");
    }
}

#[tokio::test]
async fn wrong_passwords_are_counted_over_a_restart_in_sqlite() {
    wrong_passwords_are_counted_over_a_restart(&[]).await;
    wrong_passwords_are_counted_over_a_restart(&[("store.url", "memory:")]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn wrong_passwords_are_counted_over_a_restart_in_postgresql_and_redis() {
    let (redis, postgres) = (redis(), postgres().await);
    let database = ("database.url", &*postgres);
    wrong_passwords_are_counted_over_a_restart(&[database]).await;
    wrong_passwords_are_counted_over_a_restart(&[database, ("store.url", &redis)]).await;
}

#[tokio::test]
async fn a_picture_costs_no_write_to_disk() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    person.challenge().await;
    let log = service.folder().path().join("passport.db-wal");
    let state = || {
        let metadata = fs::metadata(&log).unwrap();
        (metadata.len(), metadata.modified().unwrap())
    };
    let before = state();
    for _ in 0..15 {
        person.challenge().await;
    }
    // A wrong answer would be an event of its number.
    assert_eq!(state(), before, "something was written");
    person.request_code(&phone()).await;
    assert_ne!(state(), before, "a message is written");
}

#[tokio::test]
async fn the_default_store_needs_no_warning() {
    let service = Service::start(&[]).await;
    assert_eq!(warning(&service, "store.url"), None);
    let log = service.log();
    let line = log.lines().find(|line| line.contains("store of codes and limits opened"));
    let line = line.expect("the store is logged");
    assert!(line.contains("sqlite") && line.contains(r#""outlives_process":true"#), "{line}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn with_postgresql_the_default_store_is_the_process_and_a_warning_says_what_to_set() {
    let postgres = postgres().await;
    let settings = [("database.url", &*postgres), ("session.store", "store")];
    let service = Service::start(&settings).await;
    let warning = warning(&service, "store.url is database").expect("a warning is logged");
    assert!(warning.contains("redis://"), "{warning}");
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    // Sessions are stored in PostgreSQL nevertheless.
    assert!(!service.log().contains("sessions are in the memory"));
}

fn warning(service: &Service, text: &str) -> Option<String> {
    let log = service.log();
    let mut warnings = log.lines().filter(|line| line.contains(r#""level":"WARN""#));
    warnings.find(|line| line.contains(text)).map(str::to_owned)
}
