//! A small HTTP/1.1 client with keep-alive, which costs less than the server under load.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{outcome::Outcome, process::Process};

/// A request as bytes, with a check of its answer.
pub(crate) struct Request {
    bytes: Vec<u8>,
    is_good: fn(&Reply) -> bool,
}

/// A code that was sent to number `n`.
pub(crate) struct SentCode {
    pub(crate) n: usize,
    pub(crate) id: String,
    pub(crate) code: String,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) is_json: bool,
    head: String,
    body: Vec<u8>,
}

/// Figures of one row of the table.
pub(crate) struct Measured {
    pub(crate) requests: usize,
    pub(crate) failed: usize,
    pub(crate) time: Duration,
    pub(crate) latencies: Vec<Duration>,
    pub(crate) cpu: Duration,
}

impl Measured {
    /// Figures of work without requests.
    pub(crate) fn of(requests: usize, time: Duration) -> Self {
        Self { requests, failed: 0, time, latencies: Vec::new(), cpu: Duration::ZERO }
    }
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path, "", "", |_| true)
    }

    /// A new image for a new client.
    pub(crate) fn image_code(n: usize) -> Self {
        let path = format!("/passport/image_code?cur_id={}", challenge_id(n));
        Self::new("GET", &path, &from_client(n), "", |reply| !reply.is_json)
    }

    /// A new challenge for a new client, under an id of the service.
    pub(crate) fn issue(n: usize) -> Self {
        Self::new("POST", "/api/v1/challenges", &from_client(n), "", |reply| reply.status == 201)
    }

    pub(crate) fn who_am_i(cookie: &str) -> Self {
        let cookie = format!("Cookie: {cookie}\r\n");
        Self::new("GET", "/api/v1/session", &cookie, "", |reply| reply.status == 200)
    }

    /// What a proxy asks about a request of the same person.
    pub(crate) fn forward_auth(cookie: &str) -> Self {
        let fields = format!(
            "Cookie: {cookie}\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Proto: https\r\n\
             X-Forwarded-Host: app.example.org\r\nX-Forwarded-Uri: /a?b=c\r\n"
        );
        Self::new("GET", "/forward-auth", &fields, "", |reply| reply.status == 200)
    }

    /// Requests a code for the `n`-th number with the challenge `challenges[n]`.
    pub(crate) fn sms_code(n: usize, challenges: &[String]) -> Self {
        Self::sms_code_to(1_000_000 + n, &challenges[n % challenges.len()])
    }

    /// Requests a code for the number of `person` with `challenge`.
    pub(crate) fn sms_code_to(person: usize, challenge: &str) -> Self {
        let mobile = mobile(person);
        let body =
            format!(r#"{{"mobile":"{mobile}","image_code":"test","image_code_id":"{challenge}"}}"#);
        Self::post("/passport/sms_code", &from_client(person), &body)
    }

    /// The same request, with a refusal as its expected answer.
    pub(crate) fn that_fails(self) -> Self {
        Self { is_good: |reply| reply.is_json && !reply.is_ok(), ..self }
    }

    pub(crate) fn register(person: usize, code: &str) -> Self {
        let body = format!(
            r#"{{"mobile":"{}","sms_code":"{code}","password":"{PASSWORD}"}}"#,
            mobile(person)
        );
        Self::post("/passport/register", "", &body)
    }

    pub(crate) fn sign_in(n: usize, person: usize) -> Self {
        let body = format!(r#"{{"mobile":"{}","password":"{PASSWORD}"}}"#, mobile(person));
        Self::post("/passport/login", &from_client(n), &body)
    }

    /// The signed-in user's devices.
    pub(crate) fn devices(cookie: &str) -> Self {
        let cookie = format!("Cookie: {cookie}\r\n");
        Self::new("GET", "/api/v1/sessions", &cookie, "", |reply| reply.status == 200)
    }

    /// Requests a code to sign in with, for the `n`-th number with `challenge`.
    pub(crate) fn code(n: usize, challenge: &str) -> Self {
        let body = format!(
            r#"{{"purpose":"sign-in","mobile":"{}","challenge":{{"id":"{challenge}","answer":"test"}}}}"#,
            mobile(n)
        );
        Self::api("/api/v1/codes", n, &body, |reply| reply.status == 202)
    }

    /// Signs in by a code.
    pub(crate) fn sign_in_by_code(SentCode { n, id, code }: &SentCode) -> Self {
        let body = format!(r#"{{"mobile":"{}","code_id":"{id}","code":"{code}"}}"#, mobile(*n));
        Self::api("/api/v1/sessions", *n, &body, |reply| reply.status == 201)
    }

    fn api(path: &str, n: usize, body: &str, is_good: fn(&Reply) -> bool) -> Self {
        let headers = format!("{}Content-Type: application/json\r\n", from_client(n));
        Self::new("POST", path, &headers, body, is_good)
    }

    fn post(path: &str, headers: &str, body: &str) -> Self {
        let headers = format!("{headers}Content-Type: application/json\r\n");
        Self::new("POST", path, &headers, body, Reply::is_ok)
    }

    fn new(
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
        is_good: fn(&Reply) -> bool,
    ) -> Self {
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        Self { bytes: text.into_bytes(), is_good }
    }
}

const PASSWORD: &str = "correct horse battery staple";

pub(crate) fn mobile(n: usize) -> String {
    format!("138{n:08}")
}

pub(crate) fn challenge_id(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012x}")
}

/// Header field with the `n`-th client address, so that no limit per client is reached.
fn from_client(n: usize) -> String {
    let [_, a, b, c] = u32::try_from(n % 0x00ff_ffff).unwrap_or_default().to_be_bytes();
    format!("X-Forwarded-For: 10.{a}.{b}.{c}\r\n")
}

impl Reply {
    /// Whether the original's API reports success.
    fn is_ok(&self) -> bool {
        self.status == 200 && (!self.is_json || self.body_contains("\"errno\":\"0\""))
    }

    pub(crate) fn body_contains(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }

    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Name and value of the session cookie.
    pub(crate) fn session_cookie(&self) -> Option<String> {
        let line = self.head.lines().find(|line| line.contains("passport_session="))?;
        let (_, cookie) = line.split_once(": ")?;
        cookie.split(';').next().map(str::to_owned)
    }
}

/// Sends one request on a new connection.
pub(crate) async fn once(address: SocketAddr, request: &Request) -> Outcome<Reply> {
    let mut connection = TcpStream::connect(address).await?;
    exchange(&mut connection, request, &mut Vec::new()).await
}

/// Sends requests for `time` over parallel `connections`; `request` gets a running number.
pub(crate) async fn drive(
    server: &Process,
    connections: usize,
    time: Duration,
    request: impl Fn(usize) -> Request,
) -> Outcome<Measured> {
    drive_at_most(usize::MAX, server, connections, time, request).await
}

/// As [`drive`], and stops after `most` requests.
pub(crate) async fn drive_at_most(
    most: usize,
    server: &Process,
    connections: usize,
    time: Duration,
    request: impl Fn(usize) -> Request,
) -> Outcome<Measured> {
    let (cpu, started) = (server.cpu(), Instant::now());
    let next = std::cell::Cell::new(0);
    let lanes = (0..connections).map(|_| async {
        let mut connection = TcpStream::connect(server.address).await?;
        connection.set_nodelay(true)?;
        let (mut buffer, mut latencies, mut failed) = (Vec::new(), Vec::new(), 0);
        while started.elapsed() < time && next.get() < most {
            let request = request(next.replace(next.get() + 1));
            let sent = Instant::now();
            let reply = exchange(&mut connection, &request, &mut buffer).await?;
            latencies.push(sent.elapsed());
            failed += usize::from(!(request.is_good)(&reply));
        }
        Outcome::Ok((latencies, failed))
    });
    let mut measured = Measured::of(0, Duration::ZERO);
    for lane in futures::future::join_all(lanes).await {
        let (latencies, failed) = lane?;
        measured.failed += failed;
        measured.latencies.extend(latencies);
    }
    measured.requests = measured.latencies.len();
    measured.time = started.elapsed();
    measured.cpu = server.cpu().saturating_sub(cpu);
    measured.latencies.sort_unstable();
    Ok(measured)
}

async fn exchange(
    connection: &mut TcpStream,
    request: &Request,
    buffer: &mut Vec<u8>,
) -> Outcome<Reply> {
    connection.write_all(&request.bytes).await?;
    buffer.clear();
    loop {
        if connection.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length =
                header(&head, "content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
            while buffer.len() < end + 4 + length {
                if connection.read_buf(buffer).await? == 0 {
                    return Err("the server closed the connection in an answer".into());
                }
            }
            let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
            let is_json = header(&head, "content-type").is_some_and(|it| it.contains("json"));
            return Ok(Reply { status, is_json, body: buffer[end + 4..].to_vec(), head });
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
}
