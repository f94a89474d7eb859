//! The server under load, as a separate process.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    arguments::Arguments,
    client::{Measured, Reply, Request, SentCode, mobile, once},
    outcome::Outcome,
    process::Process,
};

/// Secret of the server. A constant, because the styles of images and so their cost derive from it.
pub(crate) const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

pub(crate) struct Server {
    child: Child,
    pub(crate) process: Process,
    pub(crate) started_in: Duration,
    _folder: TempDir,
}

impl Server {
    /// A server of the same framework with a constant answer.
    pub(crate) fn bare() -> Outcome<Self> {
        let mut command = pinned(Some("0"), env::current_exe()?.as_os_str());
        command.arg("--bare");
        Self::start(command, tempfile::tempdir()?)
    }

    /// Draws for `time` without serving.
    pub(crate) fn draw(time: Duration) -> Outcome<Measured> {
        let mut command = pinned(Some("0"), env::current_exe()?.as_os_str());
        let output = command.args(["--draw", "--seconds", &time.as_secs().to_string()]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text.split_whitespace().flat_map(str::parse::<u64>);
        let mut next = || numbers.next().ok_or(format!("nothing was drawn: {}", output.status));
        let (count, time, cpu) = (next()?, next()?, next()?);
        let [time, cpu] = [time, cpu].map(Duration::from_micros);
        Ok(Measured { cpu, ..Measured::of(count.try_into()?, time) })
    }

    /// The service, with limits that are never reached, on `core` or on all cores.
    pub(crate) fn passport(arguments: &Arguments, core: Option<&str>) -> Outcome<Self> {
        Self::passport_with(&[], arguments, core)
    }

    /// The service with one SMS gateway, at `gateway`.
    pub(crate) fn passport_sending_to(gateway: SocketAddr, arguments: &Arguments) -> Outcome<Self> {
        let settings = [
            // Its warning about each message is expected.
            ("LOG__FILTER", "error"),
            ("SMS__GATEWAYS", "webhook"),
            ("SMS__WEBHOOK__URL", &format!("https://{gateway}/")),
            ("SMS__WEBHOOK__SECRETS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ];
        Self::passport_with(&settings, arguments, Some("0"))
    }

    fn passport_with(
        settings: &[(&str, &str)],
        arguments: &Arguments,
        core: Option<&str>,
    ) -> Outcome<Self> {
        let binary = fs::canonicalize(&arguments.binary)
            .map_err(|_| format!("{}: run cargo build --release", arguments.binary.display()))?;
        let mut command = pinned(core, binary.as_os_str());
        let database = arguments.database.as_deref().unwrap_or("sqlite:passport.db");
        let always = [
            ("SECRET", SECRET),
            ("HTTP__LISTEN", "127.0.0.1:0"),
            ("HTTP__WORKERS", if core.is_some() { "1" } else { "2" }),
            ("HTTP__TRUSTED_PROXIES", "127.0.0.1/32"),
            ("DATABASE__URL", database),
            ("STORE__URL", &arguments.store),
            ("SESSION__STORE", &arguments.session_store),
            ("CAPTCHA__TEST_ANSWER", "test"),
            // So that a number can get a second code.
            ("SMS_CODE__RESEND_AFTER", "1s"),
            ("LIMITS__SIGN_INS_PER_PHONE_HOUR", "100000"),
            ("LOG__FILTER", "warn"),
        ];
        for (key, value) in always.iter().chain(settings) {
            command.env(format!("PASSPORT__{key}"), value);
        }
        Self::start(command, tempfile::tempdir()?)
    }

    fn start(mut command: Command, folder: TempDir) -> Outcome<Self> {
        let begun = Instant::now();
        let mut child = command.current_dir(folder.path()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let origin = line.trim().rsplit("http://").next().unwrap_or_default();
        let address: SocketAddr = origin.parse().map_err(|_| format!("not ready: {line}"))?;
        std::net::TcpStream::connect(address)?;
        let process = Process { address, id: child.id() };
        Ok(Self { child, process, started_in: begun.elapsed(), _folder: folder })
    }

    /// Signs person number `person` up and in; returns the session cookie.
    pub(crate) async fn signed_in_person(&self, person: usize) -> Outcome<String> {
        let n = 16_000_000 + person;
        let issued = once(self.process.address, &Request::issue(n)).await?;
        let request = Request::sms_code_to(person, &issued_id(&issued)?);
        let sent = once(self.process.address, &request).await?;
        let inbox: Value = serde_json::from_str(
            &once(self.process.address, &Request::get("/dev/inbox.json")).await?.body(),
        )?;
        let code = inbox[0]["code"].as_str().ok_or_else(|| format!("no code: {}", sent.body()))?;
        once(self.process.address, &Request::register(person, code)).await?;
        let reply = once(self.process.address, &Request::sign_in(n, person)).await?;
        reply.session_cookie().ok_or_else(|| format!("{}: {}", mobile(person), reply.body()).into())
    }

    /// Codes to sign in with, one for each number from `first` on.
    pub(crate) async fn codes(&self, first: usize, count: usize) -> Outcome<Vec<SentCode>> {
        let mut codes = Vec::with_capacity(count);
        // The inbox keeps a hundred messages.
        for start in (first..first + count).step_by(50) {
            let numbers: Vec<_> = (start..(start + 50).min(first + count)).collect();
            let mut ids = Vec::with_capacity(numbers.len());
            for &n in &numbers {
                let issued = once(self.process.address, &Request::issue(n)).await?;
                let request = Request::code(n, &issued_id(&issued)?);
                let sent = once(self.process.address, &request).await?;
                let sent: Value = serde_json::from_str(&sent.body())?;
                ids.push(sent["code_id"].as_str().ok_or_else(|| sent.to_string())?.to_owned());
            }
            let inbox = once(self.process.address, &Request::get("/dev/inbox.json")).await?;
            let inbox: Vec<Value> = serde_json::from_str(&inbox.body())?;
            for (n, id) in numbers.into_iter().zip(ids) {
                let to = format!("+86{}", mobile(n));
                let message = inbox.iter().find(|message| message["to"] == to.as_str());
                let code = message.and_then(|it| it["code"].as_str()).ok_or("no message")?;
                codes.push(SentCode { n, id, code: code.to_owned() });
            }
        }
        Ok(codes)
    }

    /// The ids of as many challenges as are issued in `time`.
    pub(crate) async fn challenges(&self, time: Duration) -> Outcome<Vec<String>> {
        const FIRST: usize = 8_000_000;
        let (started, mut ids) = (Instant::now(), Vec::new());
        while started.elapsed() < time {
            let first = FIRST + ids.len();
            let requests: Vec<_> = (first..first + 32).map(Request::issue).collect();
            let sends = requests.iter().map(|request| once(self.process.address, request));
            for reply in try_join_all(sends).await? {
                ids.push(issued_id(&reply)?);
            }
        }
        Ok(ids)
    }
}

/// The id of a challenge that was issued.
fn issued_id(reply: &Reply) -> Outcome<String> {
    let challenge: Option<Value> = serde_json::from_str(&reply.body()).ok();
    let id = challenge.as_ref().and_then(|it| it["id"].as_str());
    let refused = || format!("no challenge: {} {}", reply.status, reply.body());
    Ok(id.ok_or_else(refused)?.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killing fails if the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command pinned to `core`; this process is pinned to the next one.
fn pinned(core: Option<&str>, program: &std::ffi::OsStr) -> Command {
    let pid = std::process::id().to_string();
    let own = if core.is_some() { "1" } else { "0-1" };
    // Without `taskset` or a second core the figures are less stable.
    let _ = Command::new("taskset").args(["-apc", own, &pid]).stdout(Stdio::null()).status();
    match core {
        Some(core) => {
            let mut command = Command::new("taskset");
            command.args(["-c", core]).arg(program);
            command
        }
        None => Command::new(program),
    }
}
