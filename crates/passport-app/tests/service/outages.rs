//! Outages of Redis and PostgreSQL, and the recovery.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use futures::future::join_all;

use crate::support::{Gate, PASSWORD, Person, Service, phone, postgres, redis, until};

const QUICK: Duration = Duration::from_secs(5);

async fn quickly<T>(what: impl Future<Output = T>) -> T {
    let since = Instant::now();
    let result = what.await;
    assert!(since.elapsed() < QUICK, "{:?}", since.elapsed());
    result
}

async fn picture(person: &Person) -> crate::support::Reply {
    person.get(&format!("/passport/image_code?cur_id={}", uuid::Uuid::new_v4())).await
}

async fn is_ready(person: &Person) -> bool {
    person.get("/readyz").await.status == 200
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn rl_3_without_redis_each_answer_is_in_the_contract_and_nothing_is_sent() {
    let redis = redis();
    join_all([Gate::shut, Gate::mute].map(async |cut| {
        let gate = Gate::before(&redis);
        let service = Service::start(&[("store.url", gate.url())]).await;
        let (person, known, new) = (Person::new(&service), phone(), phone());
        person.sign_up(&known, PASSWORD).await;
        let code = person.request_code(&new).await;
        let challenge = person.challenge().await;

        cut(&gate);
        quickly(picture(&person)).await.says("4001", "验证操作失败");
        let sent = quickly(person.ask_code(&phone(), "abcd2", &challenge)).await;
        sent.says("4001", "数据获取失败");
        let registered = quickly(person.register(&new, &code, PASSWORD)).await;
        registered.says("4001", "获取短信验证码异常");
        quickly(person.login(&known, PASSWORD)).await.says("4001", "查询用户异常");
        assert_eq!(person.inbox().await.as_array().unwrap().len(), 2);

        gate.open();
        until("ready", async || is_ready(&person).await).await;
        // Codes and challenges from before the outage are still valid, and no limit was used up.
        person.register(&new, &code, PASSWORD).await.says("0", "用户注册成功");
        person.ask_code(&phone(), "abcd2", &challenge).await.says("0", "发送成功");
        person.sign_in(&known, PASSWORD).await;
    }))
    .await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn without_postgresql_each_answer_is_in_the_contract_and_nothing_is_half_done() {
    let (postgres, redis) = (postgres().await, redis());
    // Without a store that outlives the process, failures in a row are in the database, which is then
    // missed before the code is compared and before the message is recorded.
    let in_database = ("database", "获取短信验证码异常", "数据获取失败");
    let in_store = (&*redis, "用户注册失败", "短信保存失败");
    let cuts = [Gate::shut, Gate::mute];
    let cases = [in_database, in_store].into_iter().flat_map(|it| cuts.map(|cut| (it, cut)));
    join_all(cases.map(async |((store, not_registered, not_sent), cut)| {
        let gate = Gate::before(&postgres);
        let service = Service::start(&[("database.url", gate.url()), ("store.url", store)]).await;
        let (person, known, new) = (Person::new(&service), phone(), phone());
        person.sign_up(&known, PASSWORD).await;
        person.sign_in(&known, PASSWORD).await;
        let code = person.request_code(&new).await;

        cut(&gate);
        let registered = quickly(person.register(&new, &code, PASSWORD)).await;
        registered.says("4001", not_registered);
        quickly(person.login(&known, PASSWORD)).await.says("4001", "查询用户异常");
        let me = quickly(person.get("/api/v1/session")).await;
        assert_eq!((me.status.as_u16(), me.json()["errno"].as_str()), (503, Some("4001")));
        assert_eq!(me.header("content-type"), "application/problem+json");
        let request = person.request(reqwest::Method::POST, "/passport/logout");
        quickly(person.send(request)).await.says("4001", "退出登录失败");
        assert!(person.cookie("passport_session").is_some(), "the cookie is kept for a retry");
        // Images do not need the database. A message does, because it is recorded before it is sent.
        let unlucky = phone();
        quickly(person.try_request_code(&unlucky)).await.says("4001", not_sent);
        assert_eq!(person.codes_of(&unlucky).await, [""; 0]);

        gate.open();
        until("ready", async || is_ready(&person).await).await;
        assert!(person.who_am_i().await.is_some());
        // The code was restored.
        person.register(&new, &code, PASSWORD).await.says("0", "用户注册成功");
        person.sign_in(&known, PASSWORD).await;
        person.sign_out().await;
        assert!(person.who_am_i().await.is_none());
    }))
    .await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn otp_10_a_message_that_cannot_be_put_on_record_does_not_count() {
    let (postgres, redis) = (postgres().await, redis());
    let gate = Gate::before(&postgres);
    let service = Service::start(&[("database.url", gate.url()), ("store.url", &redis)]).await;
    let (person, phone) = (Person::new(&service), phone());
    gate.shut();
    // More requests than any limit allows.
    let mut last = quickly(person.try_request_code(&phone)).await;
    for _ in 0..12 {
        last.says("4001", "短信保存失败");
        last = quickly(person.try_request_code(&phone)).await;
    }
    assert_eq!(person.codes_of(&phone).await, [""; 0]);

    let log = service.log_up_to(&last).await;
    let mut own = log.lines().filter(|line| line.contains(last.header("x-request-id")));
    let line = own.find(|line| line.contains(r#""level":"ERROR""#)).expect("an error is logged");
    assert!(line.contains("code not sent") && line.contains("does not answer at"), "{line}");
    assert!(own.all(|line| !line.contains(r#""level":"ERROR""#)), "one line");
    assert!(!log.contains(&phone));

    gate.open();
    until("ready", async || is_ready(&person).await).await;
    let code = person.request_code(&phone).await;
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

/// Codes and limits are in the file too, so charging the limit fails first.
#[tokio::test]
async fn otp_10_a_file_that_another_process_holds_sends_nothing_and_costs_nothing() {
    sends_nothing_while_the_file_is_held("database", "数据获取失败").await;
}

#[tokio::test]
async fn otp_10_a_file_that_another_process_holds_puts_no_message_on_record() {
    sends_nothing_while_the_file_is_held("memory:", "短信保存失败").await;
}

async fn sends_nothing_while_the_file_is_held(store: &str, message: &str) {
    let service = Service::start(&[("store.url", store)]).await;
    let (person, phone) = (Person::new(&service), phone());
    let file = service.folder().path().join("passport.db");
    let mut other = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    // The sweep at the start may hold the file.
    other.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
    let reply = person.try_request_code(&phone).await;
    reply.says("4001", message);
    assert_eq!(person.codes_of(&phone).await, [""; 0]);
    let log = service.log_up_to(&reply).await;
    let line = log.lines().find(|line| line.contains("code not sent")).expect("a line is logged");
    assert!(line.contains(r#""level":"ERROR""#), "{line}");
    // The query may still be queued behind the sweep that runs at the start.
    let causes = ["database is locked", "database did not take the query in time"];
    assert!(causes.iter().any(|cause| line.contains(cause)), "{line}");
    assert!(!log.contains(&phone));

    other.batch_execute("ROLLBACK").unwrap();
    let code = person.request_code(&phone).await;
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

/// The message may have been recorded, and would then be sent by another node.
#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn a_database_that_stops_responding_leaves_a_message_in_doubt_with_its_cause() {
    let (postgres, redis) = (postgres().await, redis());
    let gate = Gate::before(&postgres);
    let service = Service::start(&[("database.url", gate.url()), ("store.url", &redis)]).await;
    let (person, phone) = (Person::new(&service), phone());
    // Opens a connection.
    assert!(is_ready(&person).await);
    gate.mute();
    let reply = quickly(person.try_request_code(&phone)).await;
    reply.says("4301", "短信可能已发出，未收到请稍后重试");
    let log = service.log_up_to(&reply).await;
    let line = log.lines().find(|line| line.contains("message settled")).expect("a line is logged");
    assert!(line.contains(r#""level":"WARN""#), "{line}");
    assert!(line.contains("database did not answer in time"), "{line}");
    assert!(!log.contains(&phone));
    assert_eq!(person.try_request_code(&phone).await.errno(), "4201", "the message counts");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn sessions_in_redis_fail_as_a_problem_and_recover() {
    let redis = redis();
    let gate = Gate::before(&redis);
    let settings = [("store.url", gate.url()), ("session.store", "store")];
    let service = Service::start(&settings).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;

    gate.shut();
    let me = quickly(person.get("/api/v1/session")).await;
    assert_eq!((me.status.as_u16(), me.json()["code"].as_str()), (503, Some("unavailable")));
    let request = person.request(reqwest::Method::POST, "/passport/logout");
    quickly(person.send(request)).await.says("4001", "退出登录失败");

    gate.open();
    until("ready", async || is_ready(&person).await).await;
    assert!(person.who_am_i().await.is_some());
    person.sign_out().await;
    assert!(person.who_am_i().await.is_none());
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn the_log_has_the_cause_and_the_answer_has_not() {
    let redis = redis();
    let gate = Gate::before(&redis);
    let service = Service::start(&[("store.url", gate.url())]).await;
    let person = Person::new(&service);
    gate.shut();
    let reply = picture(&person).await;
    let address = gate.url().trim_start_matches("redis://").trim_end_matches('/').to_owned();
    assert!(!reply.text().contains(&address));
    assert!(!reply.text().to_lowercase().contains("redis"));
    let log = service.log_up_to(&reply).await;
    let mut lines = log.lines().filter(|line| line.contains(reply.header("x-request-id")));
    let line = lines.find(|line| line.contains(r#""level":"ERROR""#)).expect("an error is logged");
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["error"], "a store is unavailable");
    assert!(line["error.sources"][0].is_string(), "{line}");
}
