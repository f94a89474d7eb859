//! Redis or PostgreSQL goes away and comes back.

use std::{
    future::Future,
    time::{Duration, Instant},
};

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
async fn rl_3_without_redis_each_answer_is_in_the_contract_and_nothing_is_sent() {
    let Some(redis) = redis() else { return };
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
        assert_eq!(person.get("/dev/inbox.json").await.json().as_array().unwrap().len(), 2);

        gate.open();
        until("ready", async || is_ready(&person).await).await;
        // What was there before the outage is still good, and nothing was used up.
        person.register(&new, &code, PASSWORD).await.says("0", "用户注册成功");
        person.ask_code(&phone(), "abcd2", &challenge).await.says("0", "发送成功");
        person.sign_in(&known, PASSWORD).await;
    }))
    .await;
}

#[tokio::test]
async fn without_postgresql_each_answer_is_in_the_contract_and_nothing_is_half_done() {
    let Some(postgres) = postgres().await else { return };
    join_all([Gate::shut, Gate::mute].map(async |cut| {
        let gate = Gate::before(&postgres);
        let service = Service::start(&[("database.url", gate.url())]).await;
        let (person, known, new) = (Person::new(&service), phone(), phone());
        person.sign_up(&known, PASSWORD).await;
        person.sign_in(&known, PASSWORD).await;
        let code = person.request_code(&new).await;

        cut(&gate);
        let registered = quickly(person.register(&new, &code, PASSWORD)).await;
        registered.says("4001", "用户注册失败");
        quickly(person.login(&known, PASSWORD)).await.says("4001", "查询用户异常");
        let me = quickly(person.get("/api/v1/session")).await;
        assert_eq!((me.status.as_u16(), me.json()["errno"].as_str()), (503, Some("4001")));
        assert_eq!(me.header("content-type"), "application/problem+json");
        let request = person.request(reqwest::Method::POST, "/passport/logout");
        quickly(person.send(request)).await.says("4001", "退出登录失败");
        assert!(person.cookie("passport_session").is_some(), "it can be tried again");
        // Pictures do not need it. A message does: it is not sent where it cannot be put on record,
        // and nobody could sign up with it now. Whether it came on record nobody knows.
        let unlucky = phone();
        assert_eq!(quickly(person.try_request_code(&unlucky)).await.errno(), "4301");
        assert_eq!(person.codes_of(&unlucky).await, [""; 0]);

        gate.open();
        until("ready", async || is_ready(&person).await).await;
        assert!(person.who_am_i().await.is_some());
        // The code was given back.
        person.register(&new, &code, PASSWORD).await.says("0", "用户注册成功");
        person.sign_in(&known, PASSWORD).await;
        person.sign_out().await;
        assert!(person.who_am_i().await.is_none());
    }))
    .await;
}

#[tokio::test]
async fn sessions_in_redis_fail_as_a_problem_and_come_back() {
    let Some(redis) = redis() else { return };
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
async fn the_log_has_the_cause_and_the_answer_has_not() {
    let Some(redis) = redis() else { return };
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
    assert!(lines.any(|line| line.contains(r#""level":"ERROR""#) && line.contains(r#""error":"#)));
}
