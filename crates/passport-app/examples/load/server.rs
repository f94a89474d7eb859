//! The server under load, in a separate process.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Arguments, Outcome,
    client::{Measured, Request, challenge_id, drive, mobile, once},
};

/// Ticks per second in `/proc/<pid>/stat` (`USER_HZ`, which is 100 on Linux).
const TICKS: u64 = 100;

/// Constant secret, because it determines the captcha styles and thereby the cost of a picture.
pub(crate) const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) started_in: Duration,
    _folder: TempDir,
}

impl Server {
    /// Starts a server of the same framework with a constant response.
    pub(crate) fn bare() -> Outcome<Self> {
        let mut command = pinned(Some("0"), env::current_exe()?.as_os_str());
        command.arg("--bare");
        Self::start(command, tempfile::tempdir()?)
    }

    /// Creates challenges for `time` without serving them.
    pub(crate) fn draw(time: Duration) -> Outcome<Measured> {
        let mut command = pinned(Some("0"), env::current_exe()?.as_os_str());
        let output = command.args(["--draw", "--seconds", &time.as_secs().to_string()]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text.split_whitespace().flat_map(str::parse::<u64>);
        let mut next = || numbers.next().ok_or(format!("no picture was drawn: {}", output.status));
        let (count, time, cpu) = (next()?, next()?, next()?);
        let [time, cpu] = [time, cpu].map(Duration::from_micros);
        Ok(Measured { cpu, ..Measured::of(count.try_into()?, time) })
    }

    /// Starts the service on `core`, or on all cores, with limits that are never reached.
    pub(crate) fn passport(arguments: &Arguments, core: Option<&str>) -> Outcome<Self> {
        Self::passport_with(&[], arguments, core)
    }

    /// Starts the service with a single SMS gateway at the address `gateway`.
    pub(crate) fn passport_sending_to(gateway: SocketAddr, arguments: &Arguments) -> Outcome<Self> {
        let settings = [
            // Without warnings, because every message causes one.
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
        let binary = fs::canonicalize(&arguments.binary).map_err(|_| {
            format!("{} is missing: run cargo build --release", arguments.binary.display())
        })?;
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
            ("LIMITS__LOGIN_FAILURES_PER_PHONE_DAY", "100000"),
            ("LOG__FILTER", "warn"),
        ];
        for (key, value) in always.iter().chain(settings) {
            command.env(format!("PASSPORT__{key}"), value);
        }
        Self::start(command, tempfile::tempdir()?)
    }

    fn start(mut command: Command, folder: TempDir) -> Outcome<Self> {
        let begun = Instant::now();
        let mut process = command.current_dir(folder.path()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let origin = line.trim().rsplit("http://").next().unwrap_or_default();
        let address: SocketAddr = origin.parse().map_err(|_| format!("not ready: {line}"))?;
        std::net::TcpStream::connect(address)?;
        Ok(Self { process, address, started_in: begun.elapsed(), _folder: folder })
    }

    /// Signs a person up and in; returns the session cookie.
    pub(crate) async fn signed_in_person(&self, person: usize) -> Outcome<String> {
        let n = 16_000_000 + person;
        once(self.address, &Request::image_code(n)).await?;
        let request = Request::sms_code_to(person, &challenge_id(n));
        let sent = once(self.address, &request).await?;
        let inbox: Value = serde_json::from_str(
            &once(self.address, &Request::get("/dev/inbox.json")).await?.body(),
        )?;
        let code = inbox[0]["code"].as_str().ok_or_else(|| format!("no code: {}", sent.body()))?;
        once(self.address, &Request::register(person, code)).await?;
        let reply = once(self.address, &Request::sign_in(n, person)).await?;
        reply.session_cookie().ok_or_else(|| format!("{}: {}", mobile(person), reply.body()).into())
    }

    /// Requests challenges for `time` and returns their ids.
    pub(crate) async fn challenges(&self, time: Duration) -> Outcome<Vec<String>> {
        const FIRST: usize = 8_000_000;
        let drawn = drive(self, 32, time, |n| Request::image_code(FIRST + n)).await?.requests;
        Ok((FIRST..FIRST + drawn).map(challenge_id).collect())
    }

    /// CPU time of the server so far.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_of(&self.process.id().to_string())
    }

    /// Resident memory in MiB.
    pub(crate) fn memory_mib(&self) -> u64 {
        let status = proc_file(&self.process.id().to_string(), "status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

/// CPU time of a process so far.
pub(crate) fn cpu_of(process: &str) -> Duration {
    let stat = proc_file(process, "stat");
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 = fields.split(' ').skip(11).take(2).flat_map(str::parse::<u64>).sum();
    Duration::from_millis(ticks * 1_000 / TICKS)
}

fn proc_file(process: &str, name: &str) -> String {
    fs::read_to_string(format!("/proc/{process}/{name}")).unwrap_or_default()
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if the process has already ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command pinned to `core`. Also pins this process to the other core.
fn pinned(core: Option<&str>, program: &std::ffi::OsStr) -> Command {
    let pid = std::process::id().to_string();
    let own = if core.is_some() { "1" } else { "0-1" };
    // Errors are ignored: without taskset or a second core the figures are less stable.
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
