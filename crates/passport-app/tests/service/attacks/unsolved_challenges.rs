//! Challenges that are fetched and never solved, each from an address of its own.
//!
//! `PASSPORT_ATTACK_CHALLENGES=1000000 cargo attack x8_ --include-ignored` fetches a million of each
//! kind; the Redis of `PASSPORT_TEST_REDIS_URL` must then serve no other client.

use std::{
    env,
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::Url;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};
use uuid::Uuid;

use crate::support::{Person, Service, phone, redis};

/// Only that the service is ready, because a line for each request would be memory of the test.
const QUIET: &str = "warn,passport_app::cli=info";
const CONNECTIONS: usize = 16;
/// Requests that a connection sends before it reads the responses.
const BATCH: usize = 16;
/// Challenges of the original's API that a node stores within their lifetime, twice for the turn of it.
const MOST_KEYS: u64 = 2 * 16_384;
/// Room for them, for the table of counts, and for the allocator.
const MOST_MIB: u64 = 32;

/// Number of challenges: `by_default`, or `PASSPORT_ATTACK_CHALLENGES`.
fn challenges(by_default: usize) -> usize {
    let given = env::var("PASSPORT_ATTACK_CHALLENGES").ok().filter(|it| !it.is_empty());
    given.map_or(by_default, |number| number.parse().unwrap())
}

/// A kind of challenge, and the request that fetches it.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    request: fn() -> String,
    is_issued: fn(&str) -> bool,
}

const ISSUED: Kind = Kind {
    name: "POST /api/v1/challenges",
    request: || "POST /api/v1/challenges".to_owned(),
    is_issued: |head| head.starts_with("HTTP/1.1 201 "),
};

const CHOSEN: Kind = Kind {
    name: "GET /passport/image_code",
    request: || format!("GET /passport/image_code?cur_id={}", Uuid::new_v4()),
    is_issued: |head| head.contains("content-type: image/png"),
};

impl Kind {
    /// Fetches `count` challenges; returns how many there were, and how long it took.
    async fn flood(self, service: &Service, count: usize) -> (usize, Duration) {
        let since = Instant::now();
        let share = count.div_ceil(CONNECTIONS);
        let lanes = (0..CONNECTIONS).map(|lane| self.fetch(service, lane * share, share));
        (join_all(lanes).await.into_iter().sum(), since.elapsed())
    }

    async fn fetch(self, service: &Service, first: usize, count: usize) -> usize {
        let socket = TcpStream::connect(service.address()).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (mut socket, mut issued) = (BufReader::new(socket), 0);
        for batch in (first..first + count).step_by(BATCH) {
            let numbers = batch..(batch + BATCH).min(first + count);
            let requests: String =
                numbers.clone().map(|n| self.request_from(&address(n))).collect();
            socket.write_all(requests.as_bytes()).await.unwrap();
            for _ in numbers {
                issued += usize::from((self.is_issued)(&read_response(&mut socket).await));
            }
        }
        issued
    }

    fn request_from(self, address: &str) -> String {
        let line = (self.request)();
        format!(
            "{line} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\nContent-Length: 0\r\n\r\n"
        )
    }
}

/// Reads a response; returns its head in lower case, except for the status line.
async fn read_response(socket: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    socket.read_line(&mut head).await.unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        assert_ne!(socket.read_line(&mut line).await.unwrap(), 0, "the connection was closed");
        line.make_ascii_lowercase();
        if let Some(number) = line.strip_prefix("content-length: ") {
            length = number.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    socket.read_exact(&mut vec![0; length]).await.unwrap();
    head
}

/// Address `n` of 16 million, each in another network than the one before.
fn address(n: usize) -> String {
    let [_, a, b, c] = u32::try_from(n * 40_503 % (1 << 24)).unwrap().to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

/// Solves a challenge from before the flood and one from after it.
async fn people_get_in(service: &Service, (waiting, challenge): &(Person, String)) {
    waiting.ask_code(&phone(), "abcd2", challenge).await.says("0", "发送成功");
    let newcomer = Person::new(service);
    newcomer.request_code(&phone()).await;
    let issued = newcomer.send(newcomer.request(reqwest::Method::POST, "/api/v1/challenges")).await;
    assert_eq!(issued.status, 201, "{issued:?} {}", issued.text());
    let id = issued.json()["id"].as_str().unwrap().to_owned();
    newcomer.ask_code(&phone(), "abcd2", &id).await.says("0", "发送成功");
}

async fn waiting(service: &Service) -> (Person, String) {
    let person = Person::new(service);
    let challenge = person.challenge().await;
    (person, challenge)
}

#[tokio::test]
async fn x8_unsolved_challenges_leave_memory_where_it_was() {
    let count = challenges(17_000);
    for kind in [ISSUED, CHOSEN] {
        let service = Service::start(&[("log.filter", QUIET)]).await;
        // What every service allocates with its first requests.
        kind.flood(&service, 2_000).await;
        let before = service.resident();
        let waiting = waiting(&service).await;
        let (issued, time) = kind.flood(&service, count).await;
        let after = service.resident();
        println!("{issued} × {} in {time:.0?}: {before} MiB before, {after} MiB after", kind.name);
        assert!(issued >= count, "{issued} of {count}");
        assert!(after < before + MOST_MIB, "{before} MiB before, {after} MiB after");
        people_get_in(&service, &waiting).await;
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn x8_unsolved_challenges_leave_redis_where_it_was() {
    let count = challenges(17_000);
    // A database that no other test uses.
    let mut url: Url = redis().parse().unwrap();
    url.set_path("/13");
    for (kind, most_keys) in [(ISSUED, 10), (CHOSEN, MOST_KEYS)] {
        let settings = [("log.filter", QUIET), ("store.url", url.as_str())];
        let service = Service::start(&settings).await;
        let waiting = waiting(&service).await;
        let before = figures(&url).await;
        let (issued, time) = kind.flood(&service, count).await;
        let after = figures(&url).await;
        println!(
            "{issued} × {} in {time:.0?}: {} keys and {} KiB before, {} keys and {} KiB after",
            kind.name, before.0, before.1, after.0, after.1
        );
        assert!(issued >= count, "{issued} of {count}");
        assert!(after.0 <= before.0 + most_keys, "{before:?} before, {after:?} after");
        people_get_in(&service, &waiting).await;
    }
}

/// Keys of the database, and KiB of the whole server.
async fn figures(url: &Url) -> (u64, u64) {
    let server = (url.host_str().unwrap(), url.port().unwrap_or(6379));
    let mut socket = TcpStream::connect(server).await.unwrap();
    let database = url.path().trim_start_matches('/');
    let asked = format!("SELECT {database}\r\nDBSIZE\r\nINFO memory\r\nQUIT\r\n");
    socket.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let number = |prefix| -> u64 {
        let line = answer.lines().find_map(|line| line.strip_prefix(prefix));
        line.unwrap_or_else(|| panic!("no {prefix}: {answer}")).trim().parse().unwrap()
    };
    (number(":"), number("used_memory:") / 1_024)
}
