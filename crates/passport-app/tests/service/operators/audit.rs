//! `passport audit`: reading, following, purging.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout},
    thread,
    time::Duration,
};

use futures::future::join_all;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::Desk;
use crate::support::{
    Account, Api, PASSWORD, ROOMY, Service, Tables, postgres, sign_in, start, until,
};

/// A follower, whose lines a thread collects.
struct Follower {
    process: Child,
    lines: thread::JoinHandle<Vec<String>>,
}

impl Follower {
    fn start(service: &Service, settings: &[(&str, &str)], arguments: &[&str]) -> Self {
        let arguments = [&["audit", "--follow"], arguments].concat();
        let mut process = start(service.folder().path(), settings, &arguments);
        let stdout: ChildStdout = process.stdout.take().unwrap();
        let read = || BufReader::new(stdout).lines().map_while(Result::ok).collect();
        Self { process, lines: thread::spawn(read) }
    }

    fn stop(mut self) -> Vec<String> {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        self.process.wait().unwrap();
        self.lines.join().unwrap()
    }
}

/// While people act, each event is a line, and one line only.
async fn follow(servers: &[(&str, &str)]) {
    let settings = [&ROOMY[..], servers].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    let before = Account::with_password(&api).await;
    let follower = Follower::start(&service, &settings, &["--json"]);
    let about_one = Follower::start(&service, &settings, &["--mobile", &before.phone]);
    // The follower has begun when it shows an event.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let acts = (0..12).map(async |n| {
        tokio::time::sleep(Duration::from_millis(n * 150)).await;
        let account = Account::with_password(&api).await;
        for password in ["wrong password", PASSWORD, PASSWORD] {
            sign_in(&api, &account.phone, password).await;
        }
    });
    join_all(acts).await;
    sign_in(&api, &before.phone, PASSWORD).await;
    desk.run(&format!("user disable {} --yes --as eve", before.id)).good();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let events: Vec<Value> = follower
        .stop()
        .iter()
        .map(|line| serde_json::from_str(line).expect("each line is a JSON document"))
        .collect();
    let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    let shown: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(shown.len(), ids.len(), "no event is shown twice");
    let first = *shown.first().expect("events are shown");
    let all = desk.json("audit --limit 100000 --json");
    let written: BTreeSet<_> =
        all.as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect();
    let since: BTreeSet<_> = written.into_iter().filter(|id| *id >= first).collect();
    assert!(since.len() >= 12 * 5, "{}", since.len());
    assert_eq!(shown, since, "no event is lost");
    let lines = about_one.stop();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("session.begun") && lines[1].contains("operator:eve"), "{lines:?}");
}

#[tokio::test]
async fn a_follower_shows_each_event_once() {
    follow(&[]).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_follower_shows_each_event_once_on_postgresql() {
    follow(&[("database.url", &*postgres().await)]).await;
}

/// The reader of the lines ends, as `head` does.
#[tokio::test]
async fn a_follower_ends_with_its_reader() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let arguments = ["audit", "--follow", "--since", "1h"];
    let mut process = start(service.folder().path(), &ROOMY, &arguments);
    drop(process.stdout.take());
    Account::with_password(&api).await;
    until("the follower ends", async || process.try_wait().unwrap().is_some()).await;
    assert!(process.wait().unwrap().success());
}

#[tokio::test]
async fn events_are_selected_by_user_number_kind_and_time() {
    let service = Service::start(&ROOMY).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &ROOMY));
    let (one, other) = (Account::with_password(&api).await, Account::with_password(&api).await);
    sign_in(&api, &one.phone, "wrong password").await;
    desk.run(&format!("user show {} --reveal", one.id)).good();
    let count = |options: &str| {
        let events = desk.json(&format!("audit --json {options}"));
        events.as_array().unwrap().len()
    };
    let by_user = count(&format!("--user {}", one.id));
    assert_eq!(by_user, count(&format!("--user +86{}", one.phone)));
    // The code of the sign-up and the wrong password are about the number only.
    assert_eq!(count(&format!("--mobile {}", one.phone)), by_user + 2);
    assert_eq!(count("--kind operator.looked"), 1);
    assert_eq!(count(&format!("--kind operator.looked --user {}", other.id)), 0);
    let all = count("");
    assert_eq!((count("--since 1h"), count("--until 1h"), count("--limit 3")), (all, 0, 3));
    let newest = desk.json("audit --limit 1 --json");
    assert_eq!(newest[0]["kind"], "operator.looked", "the newest are shown");
    let at = newest[0]["at"].as_str().unwrap();
    assert_eq!((count(&format!("--since {at}")), count(&format!("--until {at}"))), (1, all - 1));
    let text = desk.run("audit").good();
    assert_eq!(text.lines().count(), all);
    for phone in [&one.phone, &other.phone] {
        assert!(!text.contains(&phone[..]), "no whole number is shown");
    }
}

/// Of events of each age, those that are old enough are deleted, and the act is an event.
async fn purge(tables: &Tables, desk: &Desk<'_>, age: impl Fn(u32) -> String) {
    for days in [400, 200, 190, 180, 31, 1] {
        tables.lines(&age(days)).await;
    }
    let count = |desk: &Desk<'_>| desk.json("audit --kind code.sent --limit 1000 --json");
    assert_eq!(count(desk).as_array().unwrap().len(), 6);
    let refused = desk.run("audit purge --before 29d --yes").failed(2);
    assert!(refused.contains("at least 30d"), "{refused}");
    let deleted = desk.json("audit purge --before 184d --yes --json --as eve --reason INC-9");
    assert_eq!(deleted["deleted"], 3);
    assert_eq!(desk.json("audit purge --before 30d --yes --json")["deleted"], 2);
    assert_eq!(count(desk).as_array().unwrap().len(), 1);
    let purged = desk.json("audit --kind audit.purged --json");
    assert_eq!(purged.as_array().unwrap().len(), 3, "the refusal, too");
    assert_eq!(
        (&purged[1]["detail"]["count"], &purged[1]["reason"]),
        (&"3".into(), &"INC-9".into())
    );
}

#[tokio::test]
async fn old_events_are_purged_from_sqlite() {
    // The service keeps them for long.
    let settings = [("audit.keep", "3660d")];
    let service = Service::start(&settings).await;
    let desk = Desk::new(&service, &settings);
    purge(&Tables::of(&service), &desk, |days| {
        format!(
            "INSERT INTO audit_events (id, at, kind, outcome, actor_kind, detail) VALUES ({}, \
             (unixepoch() - {days} * 86400) * 1000000, 'code.sent', 0, 3, '{{}}') RETURNING kind AS line",
            id_in_sqlite(days)
        )
    })
    .await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn old_events_are_purged_from_postgresql() {
    let postgres = postgres().await;
    let settings = [("audit.keep", "3660d"), ("database.url", &*postgres)];
    let service = Service::start(&settings).await;
    let desk = Desk::new(&service, &settings);
    purge(&Tables::Postgres(postgres.clone()), &desk, |days| {
        format!(
            "INSERT INTO audit_events (id, at, kind, outcome, actor_kind, detail) SELECT \
             (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || \
             substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid, at, 'code.sent', 0, 3, '{{}}' \
             FROM (SELECT now() - interval '{days} days' AS at) AS event"
        )
    })
    .await;
}

/// The id of an event of this age: it begins with the time in milliseconds.
fn id_in_sqlite(days: u32) -> String {
    format!("unhex(printf('%012x', (unixepoch() - {days} * 86400) * 1000) || hex(randomblob(10)))")
}

/// By the service itself, without a command.
#[tokio::test]
async fn the_service_purges_events_older_than_the_setting() {
    let folder = {
        let service = Service::start(&[("audit.keep", "3660d")]).await;
        let tables = Tables::of(&service);
        for days in [100, 61, 59] {
            let insert = format!(
                "INSERT INTO audit_events (id, at, kind, outcome, actor_kind, detail) VALUES ({}, \
                 (unixepoch() - {days} * 86400) * 1000000, 'code.sent', 0, 3, '{{}}') \
                 RETURNING kind AS line",
                id_in_sqlite(days)
            );
            tables.lines(&insert).await;
        }
        std::sync::Arc::clone(service.folder())
    };
    let settings = [("audit.keep", "60d")];
    let service = Service::start_in(&folder, &settings).await;
    let desk = Desk::new(&service, &settings);
    until("the events are deleted", async || {
        desk.json("audit --json").as_array().unwrap().len() == 1
    })
    .await;
}
