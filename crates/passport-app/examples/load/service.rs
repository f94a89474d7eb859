//! The service under load, as a separate process.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use passport_throttle::Quota;
use tempfile::TempDir;

use crate::{
    driver::Target,
    gateway::Gateway,
    machine::Cores,
    outcome::Outcome,
    process::Process,
    request::{Request, TEST_ANSWER, Visitor},
    servers::Daemon,
};

/// Secret of the server. A constant, because the styles of images and so their cost derive from it.
pub(crate) const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

/// Where the service keeps what.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// `database.url`
    pub(crate) database: String,
    /// `store.url`
    pub(crate) store: String,
    /// `session.store`
    pub(crate) sessions: &'static str,
    /// The processes behind them.
    pub(crate) processes: Vec<Process>,
}

/// How the service runs.
#[derive(Debug, Clone)]
pub(crate) struct Way<'a> {
    pub(crate) binary: &'a Path,
    pub(crate) places: &'a Places,
    pub(crate) cores: &'a Cores,
    pub(crate) workers: usize,
    pub(crate) gateway: &'a Gateway,
}

/// A running service.
pub(crate) struct Service {
    pub(crate) target: Target,
    /// Time from its start to its first answer.
    pub(crate) started_in: Duration,
    /// A token that pages of this service send.
    csrf: String,
    _daemon: Daemon,
    /// Kept open, because the service writes to it.
    _output: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Service {
    /// Starts the service, with limits that are in force and never reached.
    pub(crate) async fn start(way: Way<'_>) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("log");
        let mut command = Command::new("taskset");
        command.args(["-c", way.cores]).arg(way.binary).envs(variables(&way));
        command.current_dir(folder.path()).stderr(File::create(&log)?);
        let begun = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let daemon = Daemon::of(child);
        let (mut line, mut output) = (String::new(), BufReader::new(output));
        output.read_line(&mut line)?;
        let origin = line.trim().rsplit("http://").next().unwrap_or_default();
        let not_ready = |_| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            format!("the service did not start: {line}{said}")
        };
        let address: SocketAddr = origin.parse().map_err(not_ready)?;
        let stores = way.places.processes.clone();
        // With two workers it may have no cores of its own, and doubles of gateways run on those of the load.
        let may_poll = way.workers == 1 && matches!(way.gateway, Gateway::Inbox);
        let target = Target { address, server: daemon.process(), stores, may_poll };
        target.once(&Request::get("/healthz")).await?;
        let started_in = begun.elapsed();
        let page = target.once(&Request::image_code(0)).await?;
        let csrf = page.cookie("csrf_token").ok_or("the service sets no csrf_token")?;
        Ok(Self { target, started_in, csrf, _daemon: daemon, _output: output, _folder: folder })
    }

    /// The `n`-th new visitor.
    pub(crate) fn visitor(&self, n: usize) -> Visitor<'_> {
        Visitor { n, csrf: &self.csrf }
    }

    pub(crate) fn memory_kib(&self) -> u64 {
        self.target.server.memory_kib()
    }

    pub(crate) fn own_memory_kib(&self) -> u64 {
        self.target.server.own_memory_kib()
    }
}

/// Applies the schema to the database of `places`.
pub(crate) fn migrate(binary: &PathBuf, places: &Places) -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(binary);
    command.arg("migrate").env("PASSPORT__DATABASE__URL", &places.database);
    command.env("PASSPORT__SECRET", SECRET);
    let output = command.current_dir(folder.path()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("passport migrate failed: {}", String::from_utf8_lossy(&output.stderr)).into())
}

fn variables(way: &Way<'_>) -> Vec<(String, String)> {
    let Places { database, store, sessions, .. } = way.places;
    let workers = way.workers.to_string();
    let most = Quota::MAX_LIMIT.to_string();
    let settings = [
        ("SECRET", SECRET),
        ("HTTP__LISTEN", "127.0.0.1:0"),
        ("HTTP__WORKERS", &workers),
        ("HTTP__TRUSTED_PROXIES", "127.0.0.1/32"),
        ("METRICS__LISTEN", ""),
        ("DATABASE__URL", database),
        ("STORE__URL", store),
        ("SESSION__STORE", sessions),
        ("CAPTCHA__TEST_ANSWER", TEST_ANSWER),
        // A number can get several codes in one run.
        ("SMS_CODE__RESEND_AFTER", "1s"),
        ("LIMITS__SMS_PER_PHONE_HOUR", &most),
        ("LIMITS__SMS_PER_PHONE_DAY", &most),
        ("LIMITS__SIGN_INS_PER_PHONE_HOUR", &most),
        // Without a line per request; a gateway that hangs would warn of each message.
        ("LOG__FILTER", if way.gateway.hangs() { "error" } else { "warn" }),
    ];
    let gateway = way.gateway.settings();
    let all = settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
    all.chain(gateway).map(|(key, value)| (format!("PASSPORT__{key}"), value)).collect()
}
