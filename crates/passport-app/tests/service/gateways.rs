//! Messages through gateways that work, fail and hang.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::Value;
use tokio::time::sleep;

use crate::support::{GatewayDouble, PASSWORD, Person, Service, passport, phone, redis, until};

fn settings(doubles: &[(&str, &GatewayDouble)], more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = doubles.iter().flat_map(|(name, double)| double.settings(name)).collect();
    all.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    all
}

fn pairs(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// The code in a message to the webhook.
pub(crate) fn code_in(request: &str) -> String {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let event: Value = serde_json::from_str(body).unwrap();
    let text = event["data"]["text"].as_str().unwrap();
    text.rsplit_once('#').unwrap().1.to_owned()
}

/// The idempotency key of a message to the webhook.
fn id_of(request: &str) -> &str {
    let mut lines = request.lines();
    lines.find_map(|line| line.strip_prefix("webhook-id: ")).expect("each message has an id")
}

#[tokio::test]
async fn a_code_arrives_while_one_gateway_works() {
    let (dead, good) = (GatewayDouble::start("vonage"), GatewayDouble::start("webhook"));
    let settings =
        settings(&[("first", &dead), ("second", &good)], &[("sms.gateways", "first,second")]);
    // Nothing listens at the address of the first gateway.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("https://{free}");
    let settings = [&pairs(&settings)[..], &[("sms.first.endpoint", &endpoint)]].concat();
    let service = Service::start(&settings).await;
    let (person, phone) = (Person::new(&service), phone());
    let start = Instant::now();
    let reply = person.try_request_code(&phone).await;
    reply.says("0", "发送成功");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let code = code_in(&good.requests()[0]);
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");

    let log = service.log_up_to(&reply).await;
    let settled: Vec<_> = log.lines().filter(|line| line.contains("message settled")).collect();
    assert_eq!(settled.len(), 1, "one line for each message");
    let line: Value = serde_json::from_str(settled[0]).unwrap();
    assert_eq!((&line["gateway"], &line["outcome"]), (&"second".into(), &"accepted".into()));
    assert_eq!(line["phone"], format!("{}****{}", &phone[..3], &phone[7..]));
    assert!(line["milliseconds"].is_number() && line["visits"] == 2, "{line}");
    for secret in [&*code, &phone, "a-token-that-stays-secret", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    {
        let lines = log.lines().find(|line| line.contains(secret));
        assert_eq!(lines, None, "{secret}");
    }
}

#[tokio::test]
async fn a_redeemed_code_counts_as_arrived() {
    let double = GatewayDouble::start("webhook");
    let settings = settings(&[("webhook", &double)], &[("sms.gateways", "webhook")]);
    let service = Service::start(&pairs(&settings)).await;
    let person = Person::new(&service);
    let status = || {
        let said = passport(service.folder().path(), &pairs(&settings), "sms status --json");
        serde_json::from_str::<Value>(&said).unwrap_or_else(|_| panic!("{said}"))
    };
    let phones = [phone(), phone()];
    for phone in &phones {
        person.try_request_code(phone).await.says("0", "发送成功");
    }
    let code = code_in(&double.requests()[0]);
    person.register(&phones[0], &code, PASSWORD).await.says("0", "用户注册成功");
    until("the code is recorded as redeemed", async || status()[0]["redeemed"] == 1).await;
    let row = &status()[0];
    assert_eq!((&row["gateway"], &row["prefix"]), (&"webhook".into(), &"+86".into()));
    assert_eq!((&row["accepted"], &row["arrived"]), (&2.into(), &1.into()), "{row}");
    assert_eq!(row["arrived_share"], 0.5);
    let said = passport(service.folder().path(), &pairs(&settings), "sms status");
    assert!(said.lines().nth(1).unwrap().contains("50.0 %"), "{said}");
}

#[tokio::test]
async fn the_log_has_the_reason_for_an_unreachable_gateway() {
    let double = GatewayDouble::start("vonage");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("https://{free}");
    let settings = settings(&[("vonage", &double)], &[("sms.gateways", "vonage")]);
    let settings = [&pairs(&settings)[..], &[("sms.vonage.endpoint", &endpoint)]].concat();
    let service = Service::start(&settings).await;
    let (person, phone) = (Person::new(&service), phone());
    let reply = person.try_request_code(&phone).await;
    reply.says("4301", "云通讯发送失败");
    let log = service.log_up_to(&reply).await;
    for message in ["message not sent", "message settled"] {
        let line = log.lines().find(|line| line.contains(&format!(r#""message":"{message}""#)));
        let line: Value = serde_json::from_str(line.expect(message)).unwrap();
        assert_eq!(
            (&line["level"], &line["cause"]),
            (&"WARN".into(), &"gateway cannot be reached".into())
        );
        let sources = line["cause.sources"].to_string();
        assert!(sources.contains("Connection refused"), "{line}");
    }
    assert!(!log.contains(&phone));
}

#[tokio::test]
async fn messages_without_a_gateway_are_counted_and_the_reason_is_logged() {
    let double = GatewayDouble::start("webhook");
    double.say("410 gone");
    let settings = settings(
        &[("webhook", &double)],
        &[("sms.gateways", "webhook"), ("sms.deadline", "500ms")],
    );
    let service = Service::start(&pairs(&settings)).await;
    let people: Vec<_> = (0..8).map(|_| Person::new(&service)).collect();
    people[0].try_request_code(&phone()).await.says("4301", "云通讯发送失败");
    let rest = people[1..].iter().map(async |it| it.try_request_code(&phone()).await);
    let replies = join_all(rest).await;
    for reply in &replies {
        reply.says("4301", "云通讯发送失败");
    }
    let tried = double.requests().len();
    assert!((1..=4).contains(&tried), "the gateway gets one trial a second: {tried}");

    let log = service.log_up_to(&replies[0]).await;
    let settled = log.lines().filter(|line| line.contains("message settled"));
    let settled = settled.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let untried: Vec<_> = settled.filter(|line| line["visits"] == 0).collect();
    for line in &untried {
        assert_eq!(line["level"], "WARN", "{line}");
        let cause = line["cause"].as_str().unwrap();
        assert_eq!(cause, "all gateways for this message are paused after recent failures");
    }
    let said = passport(service.folder().path(), &pairs(&settings), "sms status --json");
    let rows: Vec<Value> = serde_json::from_str(&said).unwrap();
    let row = |gateway: &Value| {
        rows.iter().find(|row| row["gateway"] == *gateway && row["prefix"] == "+86").unwrap()
    };
    let left = people.len() - tried;
    assert_eq!(row(&Value::Null)["not_sent"], left, "{said}");
    assert_eq!(row(&"webhook".into())["refused"], tried, "{said}");
    let said = passport(service.folder().path(), &pairs(&settings), "sms status");
    let line: Vec<_> = said.lines().nth(1).unwrap().split_whitespace().collect();
    let left = left.to_string();
    assert_eq!(line, ["-", "+86", "0", "-", "-", "-", "0", "0", &left, "0"], "{said}");
}

#[tokio::test]
async fn a_wrongly_configured_gateway_is_paused_and_reported_once() {
    let (wrong, good) = (GatewayDouble::start("webhook"), GatewayDouble::start("vonage"));
    wrong.say("401 no");
    let settings =
        settings(&[("first", &wrong), ("second", &good)], &[("sms.gateways", "first,second")]);
    let service = Service::start(&pairs(&settings)).await;
    let person = Person::new(&service);
    for _ in 0..3 {
        person.try_request_code(&phone()).await.says("0", "发送成功");
    }
    assert_eq!((wrong.requests().len(), good.requests().len()), (1, 3));
    let log = service.log();
    let errors: Vec<_> = log.lines().filter(|it| it.contains(r#""level":"ERROR""#)).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("first"), "the error names the gateway: {errors:?}");
}

#[tokio::test]
async fn a_refused_number_leaves_no_usable_code() {
    let double = GatewayDouble::start("webhook");
    double.refuse();
    let settings = settings(&[("webhook", &double)], &[("sms.gateways", "webhook")]);
    let service = Service::start(&pairs(&settings)).await;
    let (person, phone) = (Person::new(&service), phone());
    for _ in 0..2 {
        person.try_request_code(&phone).await.says("4004", "发送短信失败");
    }
    let code = code_in(&double.requests()[0]);
    person.register(&phone, &code, PASSWORD).await.says("4002", "短信验证码已经过期");
}

#[tokio::test]
async fn a_message_in_doubt_is_reported_so_and_its_code_works() {
    let double = GatewayDouble::start("webhook");
    double.withhold();
    let settings =
        settings(&[("webhook", &double)], &[("sms.gateways", "webhook"), ("sms.deadline", "1s")]);
    let service = Service::start(&pairs(&settings)).await;
    let (person, phone) = (Person::new(&service), phone());
    let reply = person.try_request_code(&phone).await;
    reply.says("4301", "短信可能已发出，未收到请稍后重试");
    let requests = double.requests();
    assert!(requests.iter().all(|it| id_of(it) == id_of(&requests[0])), "one message");
    person.register(&phone, &code_in(&requests[0]), PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
async fn pictures_are_drawn_while_every_gateway_hangs() {
    let double = GatewayDouble::start("webhook");
    double.withhold();
    let settings = settings(&[("webhook", &double)], &[("sms.gateways", "webhook")]);
    let service = Service::start(&pairs(&settings)).await;
    let people: Vec<_> = (0..16).map(|_| Person::new(&service)).collect();
    let waiting = join_all(people.iter().map(async |person| {
        let start = Instant::now();
        person.try_request_code(&phone()).await;
        start.elapsed()
    }));
    let drawing = async {
        until("every request hangs", async || double.requests().len() >= people.len()).await;
        let person = Person::new(&service);
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            let start = Instant::now();
            person.challenge().await;
            slowest = slowest.max(start.elapsed());
        }
        slowest
    };
    let (waited, slowest) = tokio::join!(waiting, drawing);
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    assert!(waited.iter().all(|it| *it < Duration::from_secs(8)), "the deadline holds: {waited:?}");
}

/// Kills the service while a gateway has a message and has not answered, and starts it again.
async fn killed_in_the_middle(store: &[(&str, &str)]) -> (GatewayDouble, Service, String) {
    killed_and_started_with(store, &[]).await
}

/// The same; the second time the service has `more` settings.
async fn killed_and_started_with(
    store: &[(&str, &str)],
    more: &[(&str, &str)],
) -> (GatewayDouble, Service, String) {
    let double = GatewayDouble::start("webhook");
    double.withhold();
    let settings = settings(
        &[("webhook", &double)],
        &[&[("sms.gateways", "webhook"), ("sms.deadline", "1s")], store].concat(),
    );
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut service = Service::start_in(&folder, &pairs(&settings)).await;
    let (person, phone) = (Person::new(&service), phone());
    let asking = async {
        let challenge = person.challenge().await;
        let body = serde_json::json!({
            "mobile": phone, "image_code": "abcd2", "image_code_id": challenge
        });
        let request = person.request(reqwest::Method::POST, "/passport/sms_code").json(&body);
        person.try_send(request).await
    };
    let killing = async {
        until("the gateway has the message", async || !double.requests().is_empty()).await;
        service.kill();
    };
    let (answer, ()) = tokio::join!(asking, killing);
    assert!(answer.is_err(), "the service is gone");
    double.accept();
    let mut settings = pairs(&settings);
    settings.retain(|(key, _)| more.is_empty() || *key != "secret");
    settings.extend(more);
    let service = Service::start_in(&folder, &settings).await;
    (double, service, phone)
}

#[tokio::test]
async fn o8_a_message_under_way_is_resumed_while_the_former_secret_is_kept() {
    const OLD: &str = "4d1f0c9e7a2b8356e1d0c4f7a9b23856";
    const NEW: &str = "9b6d1f0ce4a27358b1c90de36f47a285";
    let both = format!("{NEW},{OLD}");
    let old = [("secret", OLD)];
    let (double, service, _) = killed_and_started_with(&old, &[("secrets", &both)]).await;
    let before = double.requests().len();
    until("the message is sent again", async || double.requests().len() > before).await;
    drop(service);

    let (double, service, _) = killed_and_started_with(&old, &[("secret", NEW)]).await;
    let before = double.requests().len();
    until("the message is discarded", async || service.log().contains("is discarded")).await;
    assert_eq!(double.requests().len(), before);
}

#[tokio::test]
async fn a_killed_process_neither_loses_nor_doubles_a_message() {
    is_resumed_once(&[]).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_killed_process_with_redis_neither_loses_nor_doubles_a_message() {
    is_resumed_once(&[("store.url", &redis())]).await;
}

async fn is_resumed_once(store: &[(&str, &str)]) {
    let (double, service, phone) = killed_in_the_middle(store).await;
    let before = double.requests().len();
    until("the message is sent again", async || double.requests().len() > before).await;
    until("the resumption is logged", async || service.log().contains("abandoned message resumed"))
        .await;
    // A lease lasts the deadline and three seconds, and abandoned messages are claimed every two
    // seconds.
    sleep(Duration::from_secs(8)).await;
    let requests = double.requests();
    assert!(requests.iter().all(|it| id_of(it) == id_of(&requests[0])), "one message");
    assert_eq!(requests.len(), before + 1, "the message is sent once more only");
    let person = Person::new(&service);
    let code = code_in(&requests[0]);
    assert_eq!(code, code_in(&requests[before]), "with the same code");
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
    assert!(!service.log().contains(&code) && !service.log().contains(&phone));
}

#[tokio::test]
async fn a_message_whose_code_was_lost_with_the_process_is_not_sent_again() {
    let (double, service, _) = killed_in_the_middle(&[("store.url", "memory:")]).await;
    let before = double.requests().len();
    sleep(Duration::from_secs(8)).await;
    let requests = double.requests();
    assert_eq!(requests.len(), before);
    assert!(requests.iter().all(|it| id_of(it) == id_of(&requests[0])), "one message");
    assert!(!service.log().contains("abandoned message resumed"));
}

/// A trial account refuses a number that it does not know.
#[tokio::test]
async fn s1_a_refused_visitor_stops_no_stranger() {
    const NOT_LISTED: &str = r#"200 {"message-count":"1","messages":[{"status":"29","error-text":"Non White-listed Destination - rejected"}]}"#;
    let double = GatewayDouble::start("vonage");
    double.say(NOT_LISTED);
    let settings = settings(&[("vonage", &double)], &[("sms.gateways", "vonage")]);
    let service = Service::start(&pairs(&settings)).await;
    let (visitor, strangers) = (Person::new(&service), [(); 3].map(|()| Person::new(&service)));
    visitor.try_request_code(&phone()).await.says("4301", "云通讯发送失败");
    double.accept();
    for stranger in &strangers {
        stranger.try_request_code(&phone()).await.says("0", "发送成功");
    }
}

/// A firewall takes the connection and answers nothing.
#[tokio::test]
async fn s3_a_message_that_never_left_is_not_charged() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://{}", silent.local_addr().unwrap());
    let double = GatewayDouble::start("vonage");
    let settings =
        settings(&[("vonage", &double)], &[("sms.gateways", "vonage"), ("sms.deadline", "1s")]);
    let settings = [&pairs(&settings)[..], &[("sms.vonage.endpoint", &endpoint)]].concat();
    let service = Service::start(&settings).await;
    let (person, phone) = (Person::new(&service), phone());
    for _ in 0..2 {
        person.try_request_code(&phone).await.says("4301", "云通讯发送失败");
    }
}

#[tokio::test]
async fn s4_a_cap_of_the_gateway_is_told_with_its_wait() {
    const CAPPED: &str = r#"200 {"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发小时级流控Permits:5","RequestId":"r"}"#;
    let double = GatewayDouble::start("aliyun");
    double.say(CAPPED);
    let settings = settings(&[("aliyun", &double)], &[("sms.gateways", "aliyun")]);
    let service = Service::start(&pairs(&settings)).await;
    let (person, phone) = (Person::new(&service), phone());
    let reply = person.try_request_code(&phone).await;
    let wait = reply.says_too_many();
    assert!((3_590..=3_600).contains(&wait), "{wait}");
    // The request stays charged, so the cooldown holds.
    assert_eq!(person.try_request_code(&phone).await.errno(), "4201");
    assert_eq!(double.requests().len(), 1);
}

#[tokio::test]
async fn s5_requests_for_a_dead_number_meet_our_limit() {
    let double = GatewayDouble::start("webhook");
    double.refuse();
    let settings = settings(
        &[("webhook", &double)],
        &[("sms.gateways", "webhook"), ("limits.sms_per_ip_hour", "10")],
    );
    let service = Service::start(&pairs(&settings)).await;
    let (person, phone) = (Person::new(&service), phone());
    let mut errnos = Vec::new();
    for _ in 0..25 {
        errnos.push(person.try_request_code(&phone).await.errno());
    }
    // A slow call is joined by another one for the same message.
    let requests = double.requests();
    let messages: BTreeSet<_> = requests.iter().map(|it| id_of(it)).collect();
    assert_eq!(messages.len(), 10, "{errnos:?}");
    assert!(errnos[..10].iter().all(|it| it == "4004"), "{errnos:?}");
    assert!(errnos[10..].iter().all(|it| it == "4201"), "{errnos:?}");
}

#[tokio::test]
async fn s6_a_malformed_request_goes_on_to_another_gateway() {
    let (first, second) = (GatewayDouble::start("webhook"), GatewayDouble::start("vonage"));
    first.say("400 no");
    let settings =
        settings(&[("first", &first), ("second", &second)], &[("sms.gateways", "first,second")]);
    let service = Service::start(&pairs(&settings)).await;
    let reply = Person::new(&service).try_request_code(&phone()).await;
    reply.says("0", "发送成功");
    assert_eq!((first.requests().len(), second.requests().len()), (1, 1));
    let log = service.log_up_to(&reply).await;
    let errors: Vec<_> = log.lines().filter(|it| it.contains(r#""level":"ERROR""#)).collect();
    assert!(errors.len() == 1 && errors[0].contains("BadRequest"), "it is loud: {errors:?}");
}
