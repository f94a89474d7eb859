//! What requests allocate, in all threads of the service. It runs in this process, so that dhat sees it, and
//! in a test of its own, so that nothing else is counted.
//!
//! A count that differs from its expectation shows a change for the worse, or for the better: then the
//! expectation is set to the new count.

#![expect(clippy::unwrap_used, reason = "a test stops at what should not be")]

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
};

use dhat::{HeapStats, Profiler};
use passport_app::{Application, settings::Settings};
use serde_json::{Value, json};
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Requests over which a count is the mean.
const COUNTED: usize = 32;
/// Requests before them, which fill caches and open connections.
const WARM_UP: usize = 8;
const ALL: usize = WARM_UP + COUNTED;
/// Share of an expectation by which a count may differ, because batches of writes are not always as large.
const TOLERANCE: f64 = 0.1;

#[test]
fn requests_allocate_what_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&format!("sqlite:{}", folder.path().join("test.db").display()));
    let mut client =
        Client { stream: TcpStream::connect(address).unwrap(), buffer: vec![0; 65_536] };
    let _profiler = Profiler::builder().testing().build();

    let healthz = repeated(&Request::get("/healthz"));
    let issue: Vec<_> = (0..ALL).map(issue).collect();
    let image: Vec<_> = (0..ALL).map(image).collect();
    let send: Vec<_> = (0..ALL).map(|person| send(person, &client.challenge(person))).collect();
    let enter: Vec<_> = (ALL..2 * ALL).map(|person| client.entrance(person)).collect();
    let entrance = client.entrance(2 * ALL);
    let cookie = client.session(&entrance);
    let who_am_i = repeated(&Request::get("/api/v1/session").field("Cookie", &cookie));

    let mut report = String::new();
    let mut is_met = true;
    for (name, requests, expected) in [
        ("healthz", healthz, 25.0),
        ("who am I", who_am_i, 63.0),
        ("issue a challenge", issue, 61.0),
        ("image_code", image, 112.0),
        ("send a code", send, 458.0),
        ("sign in by code", enter, 498.0),
    ] {
        let count = client.count(&requests);
        is_met &= (count - expected).abs() <= expected * TOLERANCE;
        writeln!(report, "{name}: {count:.1}, expected {expected:.1}").unwrap();
    }
    assert!(is_met, "allocations of a request\n{report}");
}

/// Serves in threads of this process until it ends.
fn serve(database: &str) -> SocketAddr {
    let settings = Settings::from_pairs([
        ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
        ("http.listen", "127.0.0.1:0"),
        ("http.workers", "1"),
        ("http.trusted_proxies", "127.0.0.1/32"),
        ("metrics.listen", ""),
        ("database.url", database),
        ("captcha.test_answer", "test"),
    ])
    .unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let never = std::future::pending();
            let application = Application::build(&settings, never, runtime.handle()).await.unwrap();
            tell.send(application.address()).unwrap();
            application.run().await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// A request and the bytes of its body.
#[derive(Clone)]
struct Request {
    head: String,
    body: String,
}

impl Request {
    fn get(path: &str) -> Self {
        Self { head: format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"), body: String::new() }
    }

    fn post(path: &str, body: &Value) -> Self {
        let head = format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        Self { head, body: body.to_string() }.field("Content-Type", "application/json")
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        write!(self.head, "{name}: {value}\r\n").unwrap();
        self
    }

    /// From an address of its own, so that no limit of one client is met.
    fn of(self, person: usize) -> Self {
        self.field("X-Forwarded-For", &format!("10.0.{}.{}", person / 256, person % 256))
    }

    fn bytes(self) -> Vec<u8> {
        format!("{}Content-Length: {}\r\n\r\n{}", self.head, self.body.len(), self.body)
            .into_bytes()
    }
}

fn repeated(request: &Request) -> Vec<Vec<u8>> {
    (0..ALL).map(|_| request.clone().bytes()).collect()
}

fn issue(person: usize) -> Vec<u8> {
    let head = "POST /api/v1/challenges HTTP/1.1\r\nHost: 127.0.0.1\r\n".to_owned();
    Request { head, body: String::new() }.of(person).bytes()
}

fn image(person: usize) -> Vec<u8> {
    let path = format!("/passport/image_code?cur_id=00000000-0000-4000-8000-{person:012x}");
    Request::get(&path).of(person).bytes()
}

/// Asks for a code to sign in with.
fn send(person: usize, challenge: &str) -> Vec<u8> {
    let challenge = json!({ "id": challenge, "answer": "test" });
    let body = json!({ "purpose": "sign-in", "mobile": mobile(person), "challenge": challenge });
    Request::post("/api/v1/codes", &body).of(person).bytes()
}

fn mobile(person: usize) -> String {
    format!("138{person:08}")
}

/// A client that allocates nothing for an exchange.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Mean number of allocations of the last of `requests`.
    fn count(&mut self, requests: &[Vec<u8>]) -> f64 {
        let (warm_up, counted) = requests.split_at(WARM_UP);
        for request in warm_up {
            self.exchange(request);
        }
        let before = HeapStats::get().total_blocks;
        for request in counted {
            self.exchange(request);
        }
        let blocks = HeapStats::get().total_blocks - before;
        f64::from(u32::try_from(blocks).unwrap()) / f64::from(u32::try_from(COUNTED).unwrap())
    }

    /// Length of the head and of the whole of the answer, which must be a success.
    fn exchange(&mut self, request: &[u8]) -> (usize, usize) {
        self.stream.write_all(request).unwrap();
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).unwrap();
            assert_ne!(read, 0, "the service closed the connection");
            filled += read;
            let answer = &self.buffer[..filled];
            let Some(head) = answer.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
            if filled == head + 4 + content_length(&answer[..head]) {
                let shown = || String::from_utf8_lossy(answer).into_owned();
                assert!(answer.starts_with(b"HTTP/1.1 2"), "{}", shown());
                return (head, filled);
            }
        }
    }

    /// Head and body of the answer.
    fn ask(&mut self, request: &[u8]) -> (String, Value) {
        let (head, end) = self.exchange(request);
        let body = serde_json::from_slice(&self.buffer[head + 4..end]).unwrap();
        (String::from_utf8_lossy(&self.buffer[..head]).into_owned(), body)
    }

    fn challenge(&mut self, person: usize) -> String {
        let (_, issued) = self.ask(&issue(person));
        issued["id"].as_str().unwrap().to_owned()
    }

    /// A sign-in of `person` with a code that was sent.
    fn entrance(&mut self, person: usize) -> Vec<u8> {
        let challenge = self.challenge(person);
        let (_, sent) = self.ask(&send(person, &challenge));
        let (_, inbox) = self.ask(&Request::get("/dev/inbox.json").bytes());
        let to = format!("+86{}", mobile(person));
        let message = inbox.as_array().unwrap().iter().find(|message| message["to"] == *to);
        let code = &message.unwrap()["code"];
        let body = json!({ "mobile": mobile(person), "code_id": sent["code_id"], "code": code });
        Request::post("/api/v1/sessions", &body).of(person).bytes()
    }

    /// The cookie of the session that `entrance` begins.
    fn session(&mut self, entrance: &[u8]) -> String {
        let (head, _) = self.ask(entrance);
        let cookies = head.lines().filter_map(|line| line.split_once(": "));
        let (_, cookie) =
            cookies.into_iter().find(|(_, it)| it.starts_with("passport_session=")).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

fn content_length(head: &[u8]) -> usize {
    let lines = head.split(|byte| *byte == b'\n');
    let mut values = lines.filter_map(|line| {
        let (name, value) = line.split_at_checked("content-length:".len())?;
        name.eq_ignore_ascii_case(b"content-length:").then(|| value.trim_ascii())
    });
    values.find_map(|value| str::from_utf8(value).ok()?.parse().ok()).unwrap()
}
