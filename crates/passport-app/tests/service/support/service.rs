use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::Reply;

/// Answer that every challenge accepts besides its own.
pub(crate) const TEST_ANSWER: &str = "abcd2";

/// Settings of every test, unless it overrides them.
const DEFAULTS: [(&str, &str); 7] = [
    ("http.listen", "127.0.0.1:0"),
    // Tests run at once, and only one of them could have the default address.
    ("metrics.listen", ""),
    // So that each person has an own address.
    ("http.trusted_proxies", "127.0.0.1/32"),
    ("password.cost", "4"),
    ("captcha.test_answer", TEST_ANSWER),
    ("log.format", "json"),
    ("log.filter", "debug"),
];

/// The binary under test.
pub(crate) fn binary() -> PathBuf {
    let given = env::var_os("PASSPORT_TEST_BINARY").filter(|path| !path.is_empty());
    given.map_or_else(|| env!("CARGO_BIN_EXE_passport").into(), PathBuf::from)
}

/// A running service in its own folder. When dropped it is killed, and must not have panicked.
pub(crate) struct Service {
    process: Child,
    address: SocketAddr,
    log: Log,
    folder: Arc<TempDir>,
}

impl Service {
    /// Starts with `settings` over the defaults for tests.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_in(&Arc::new(tempfile::tempdir().unwrap()), settings).await
    }

    /// As [`start`](Self::start), in an existing folder, such as that of an earlier service.
    pub(crate) async fn start_in(folder: &Arc<TempDir>, settings: &[(&str, &str)]) -> Self {
        let all: Vec<_> = DEFAULTS.iter().chain(settings).copied().collect();
        Self::start_bare(folder, &all).await
    }

    /// As [`start_in`](Self::start_in), without the defaults for tests. `http.listen` should have port 0.
    pub(crate) async fn start_bare(folder: &Arc<TempDir>, settings: &[(&str, &str)]) -> Self {
        let mut command = command(folder.path(), settings);
        Self::spawn(folder, &mut command, |process, log| {
            log.collect(process.stderr.take().unwrap());
        })
        .await
    }

    /// With the defaults for tests, and a standard error that is `stderr` and that is not read.
    pub(crate) async fn start_unread(settings: &[(&str, &str)], stderr: Stdio) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        // In the format for people the address stands on standard output, too.
        let pretty = [("log.format", "pretty")];
        let all: Vec<_> = DEFAULTS.iter().chain(&pretty).chain(settings).copied().collect();
        let mut command = command(folder.path(), &all);
        Self::spawn(&folder, command.stderr(stderr), |_, _| ()).await
    }

    /// Reads standard error from now on, as a part of the log.
    pub(crate) fn read_stderr(&mut self) {
        self.log.collect(self.process.stderr.take().unwrap());
    }

    /// Closes the reading end of standard error.
    pub(crate) fn close_stderr(&mut self) {
        drop(self.process.stderr.take().unwrap());
    }

    /// The memory that the process holds, in MiB.
    pub(crate) fn resident(&self) -> u64 {
        let path = format!("/proc/{}/statm", self.process.id());
        let pages = std::fs::read_to_string(path).unwrap();
        let pages: u64 = pages.split_whitespace().nth(1).unwrap().parse().unwrap();
        pages * rustix::param::page_size() as u64 / (1024 * 1024)
    }

    async fn spawn(
        folder: &Arc<TempDir>,
        command: &mut Command,
        read: impl FnOnce(&mut Child, &Log),
    ) -> Self {
        let mut process = command.spawn().expect("the binary runs");
        let log = Log::default();
        log.collect(process.stdout.take().unwrap());
        read(&mut process, &log);
        let address = loop {
            if let Some(address) = log.ready_address() {
                break address;
            }
            if let Some(status) = process.try_wait().unwrap() {
                panic!("the service did not start: {status}\n{}", log.text());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        Self { process, address, log, folder: Arc::clone(folder) }
    }

    /// Output of a service that does not start.
    pub(crate) fn refused(folder: &Path, settings: &[(&str, &str)]) -> Output {
        let all: Vec<_> = DEFAULTS.iter().chain(settings).copied().collect();
        command(folder, &all).output().expect("the binary runs")
    }

    /// URL of the service, such as `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything written so far to both streams.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }

    /// The log, once it has the line about `reply`. A separate thread reads it.
    pub(crate) async fn log_up_to(&self, reply: &Reply) -> String {
        let id = reply.header("x-request-id").to_owned();
        let is_there = |line: &str| line.contains("answered") && line.contains(&id);
        super::until("the request is logged", async || self.log().lines().any(is_there)).await;
        self.log()
    }

    /// Folder of the database and the secret.
    pub(crate) fn folder(&self) -> &Arc<TempDir> {
        &self.folder
    }

    /// Sends raw bytes, closes its half of the connection, and returns the answer.
    pub(crate) async fn send_raw(&self, bytes: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // The service may answer and close the connection before it has read all.
        let _ = socket.write_all(bytes).await;
        let _ = socket.shutdown().await;
        let mut answer = Vec::new();
        let reading = socket.read_to_end(&mut answer);
        let _ = timeout(Duration::from_secs(10), reading).await.expect("it does not hang");
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends SIGTERM without waiting.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
    }

    /// Identifier of the process.
    pub(crate) fn process(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    /// Waits for the end of the process.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        for _ in 0..4_000 {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the service does not end");
    }

    /// Stops the service as an operator does.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.end().await
    }

    /// Kills the service, as a crash of the machine does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let log = self.log();
        if thread::panicking() {
            let lines: Vec<_> = log.lines().collect();
            eprintln!("the service's log ends with:");
            lines[lines.len().saturating_sub(40)..].iter().for_each(|line| eprintln!("  {line}"));
        } else {
            assert!(!log.contains("panicked"), "the service panicked:\n{log}");
        }
    }
}

/// Output of `passport ARGUMENTS`, with words separated by spaces, and with the settings of
/// [`Service::start_in`].
pub(crate) fn passport(folder: &Path, settings: &[(&str, &str)], arguments: &str) -> String {
    let all: Vec<_> = DEFAULTS.iter().chain(settings).copied().collect();
    let mut command = command(folder, &all);
    let output = command.args(arguments.split_whitespace()).output().expect("the binary runs");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!error.contains("panicked") && !output.stdout.is_empty(), "{arguments}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Output and exit status of a command.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Standard output of a command that succeeded and said nothing else.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (Some(0), ""), "{self:?}");
        self.out
    }

    /// The JSON document of a command that succeeded.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.good()).unwrap()
    }

    /// Standard error of a command that failed with `status` and printed nothing.
    #[track_caller]
    pub(crate) fn failed(self, status: i32) -> String {
        assert_eq!((self.status, self.out.as_str()), (Some(status), ""), "{self:?}");
        self.err
    }
}

/// Runs `passport ARGUMENTS…` with the settings of [`Service::start_in`].
pub(crate) fn run(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Said {
    let all: Vec<_> = DEFAULTS.iter().chain(settings).copied().collect();
    let output = command(folder, &all).args(arguments).output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let said =
        Said { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!said.err.contains("panicked"), "{said:?}");
    said
}

/// Runs `passport ARGUMENTS…` with a terminal as standard input, where `typed` is typed.
#[cfg(target_os = "linux")]
pub(crate) fn run_at_terminal(
    folder: &Path,
    settings: &[(&str, &str)],
    arguments: &[&str],
    typed: &str,
) -> Said {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::{fs::OpenOptions, io::Write};

    let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&own).unwrap();
    unlockpt(&own).unwrap();
    let name = ptsname(&own, Vec::new()).unwrap();
    let terminal = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    std::fs::File::from(own.try_clone().unwrap()).write_all(typed.as_bytes()).unwrap();
    let all: Vec<_> = DEFAULTS.iter().chain(settings).copied().collect();
    let mut command = command(folder, &all);
    let output = command.args(arguments).stdin(terminal).output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A process of `passport ARGUMENTS…` that has started.
pub(crate) fn start(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Child {
    let all: Vec<_> = DEFAULTS.iter().chain(settings).copied().collect();
    command(folder, &all).args(arguments).spawn().expect("the binary runs")
}

fn command(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let variable = |key: &str| format!("PASSPORT__{}", key.replace('.', "__").to_uppercase());
    let mut command = Command::new(binary());
    command.current_dir(folder).env_clear();
    command.envs(settings.iter().map(|(key, value)| (variable(key), value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn collect(&self, stream: impl Read + Send + 'static) {
        let this = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let mut text = this.0.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&String::from_utf8_lossy(&line));
                text.push('\n');
            }
        });
    }

    fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The address in the line that says the service is ready, in either format of the log.
    fn ready_address(&self) -> Option<SocketAddr> {
        let text = self.text();
        let line = text.lines().find(|line| {
            line.contains(r#""message":"ready""#)
                || line.contains("INFO ready version=")
                || line.contains(" is ready: http://127.0.0.1:")
        })?;
        let places = [r#""listen":""#, "listen=", "is ready: http://"];
        let (_, rest) = places.iter().find_map(|place| line.split_once(place))?;
        rest.split(['"', ' ']).next()?.parse().ok()
    }
}
