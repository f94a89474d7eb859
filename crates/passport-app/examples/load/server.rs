//! The server under load, as a process of its own.

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
    client::{Request, challenge_id, drive, mobile, once},
};

/// Ticks of `/proc/<pid>/stat` a second, on every Linux there is.
const TICKS: u64 = 100;

pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) started_in: Duration,
    _folder: TempDir,
}

impl Server {
    /// A constant answer by the same framework.
    pub(crate) fn bare() -> Outcome<Self> {
        let mut command = pinned(Some("0"), env::current_exe()?.as_os_str());
        command.arg("--bare");
        Self::start(command, tempfile::tempdir()?)
    }

    /// The service, with limits that are never met, on the `core` or on all.
    pub(crate) fn passport(arguments: &Arguments, core: Option<&str>) -> Outcome<Self> {
        let binary = fs::canonicalize(&arguments.binary)
            .map_err(|_| format!("{}: run cargo build --release", arguments.binary.display()))?;
        let mut command = pinned(core, binary.as_os_str());
        let database = arguments.database.as_deref().unwrap_or("sqlite:passport.db");
        for (key, value) in [
            ("HTTP__LISTEN", "127.0.0.1:0"),
            ("HTTP__WORKERS", if core.is_some() { "1" } else { "2" }),
            ("HTTP__TRUSTED_PROXIES", "127.0.0.1/32"),
            ("DATABASE__URL", database),
            ("STORE__URL", &arguments.store),
            ("SESSION__STORE", &arguments.session_store),
            ("CAPTCHA__TEST_ANSWER", "test"),
            ("LIMITS__LOGIN_FAILURES_PER_PHONE_DAY", "100000"),
            ("LOG__FILTER", "warn"),
        ] {
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

    /// Signs person number `person` up and in; the cookie.
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

    /// As many challenges as are drawn in `time`.
    pub(crate) async fn challenges(&self, time: Duration) -> Outcome<Vec<String>> {
        const FIRST: usize = 8_000_000;
        let drawn = drive(self, 32, time, |n| Request::image_code(FIRST + n)).await?.requests;
        Ok((FIRST..FIRST + drawn).map(challenge_id).collect())
    }

    /// Processor time used so far.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc_file("stat");
        let fields = stat.rsplit(") ").next().unwrap_or_default();
        let ticks: u64 = fields.split(' ').skip(11).take(2).flat_map(str::parse::<u64>).sum();
        Duration::from_millis(ticks * 1_000 / TICKS)
    }

    /// Resident memory.
    pub(crate) fn memory_mib(&self) -> u64 {
        let status = self.proc_file("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    fn proc_file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.process.id())).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command that stays on `core`, the load on the next one.
fn pinned(core: Option<&str>, program: &std::ffi::OsStr) -> Command {
    let pid = std::process::id().to_string();
    let own = if core.is_some() { "1" } else { "0-1" };
    // Without taskset or a second core the figures are less stable, and still figures.
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
