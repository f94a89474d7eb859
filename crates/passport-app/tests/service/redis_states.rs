//! A Redis that answers and cannot be used: what the start and the readiness say of it.

use std::{
    env,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use serde_json::json;
use tempfile::{TempDir, tempdir};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use crate::support::{PASSWORD, Person, Service, phone, until};

/// A Redis of one test.
pub(crate) struct Redis {
    port: u16,
    process: Child,
    folder: TempDir,
}

impl Redis {
    pub(crate) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempdir().unwrap();
        let process = Self::spawn(port, &folder).await;
        Self { port, process, folder }
    }

    /// Ends the server as a crash does, and starts it without its data.
    pub(crate) async fn restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = Self::spawn(self.port, &self.folder).await;
    }

    async fn spawn(port: u16, folder: &TempDir) -> Child {
        let program = env::var("PASSPORT_TEST_REDIS_SERVER").unwrap_or("redis-server".to_owned());
        let process = Command::new(program)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--dir"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed, or PASSPORT_TEST_REDIS_SERVER is its path");
        until("redis is up", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        process
    }

    pub(crate) fn url(&self, user: &str) -> String {
        format!("redis://{user}127.0.0.1:{}", self.port)
    }

    /// The text that the server answers to `command`.
    pub(crate) async fn ask(&self, command: &str) -> String {
        let socket = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (mut socket, mut line) = (BufReader::new(socket), String::new());
        socket.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        socket.read_line(&mut line).await.unwrap();
        let length = line.trim().strip_prefix('$').expect("it is a text").parse().unwrap();
        let mut text = vec![0; length];
        socket.read_exact(&mut text).await.unwrap();
        String::from_utf8(text).unwrap()
    }

    pub(crate) async fn configure(&self, command: &str) {
        let socket = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (mut socket, mut line) = (BufReader::new(socket), String::new());
        socket.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        socket.read_line(&mut line).await.unwrap();
        assert_eq!(line, "+OK\r\n", "{command}");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn o1_a_redis_that_cannot_be_written_is_not_ready() {
    let redis = Redis::start().await;
    let service = Service::start(&[("store.url", &redis.url(""))]).await;
    let person = Person::new(&service);
    for (broken, mended) in [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
    ] {
        assert_eq!(person.get("/readyz").await.status, 200);
        redis.configure(broken).await;
        until(broken, async || person.get("/readyz").await.status == 503).await;
        let reply = person.get("/readyz").await;
        assert_eq!(reply.json()["checks"], json!({ "database": "ok", "store": "down" }));
        let picture = format!("/passport/image_code?cur_id={}", uuid::Uuid::new_v4());
        assert_eq!(person.get(&picture).await.errno(), "4001", "{broken}");
        redis.configure(mended).await;
        until("ready again", async || person.get("/readyz").await.status == 200).await;
    }
    person.sign_up(&phone(), PASSWORD).await;
}

#[tokio::test]
async fn o1_an_sqlite_file_that_cannot_be_written_is_not_ready() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    until("ready", async || person.get("/readyz").await.status == 200).await;
    let file = service.folder().path().join("passport.db");
    let mut other = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    other.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
    until("not ready", async || {
        let reply = person.get("/readyz").await;
        reply.status == 503 && reply.json()["checks"] == json!({ "database": "down" })
    })
    .await;
    other.batch_execute("ROLLBACK").unwrap();
    until("ready again", async || person.get("/readyz").await.status == 200).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn o2_a_refusal_of_redis_is_named_at_the_start() {
    let redis = Redis::start().await;
    redis.configure("ACL SETUSER reader on >secret ~* +ping +client +select").await;
    redis.configure("ACL SETUSER default >hunter2 resetpass >hunter2").await;
    for (user, code) in [("", "NOAUTH"), (":hunter3@", "WRONGPASS"), ("reader:secret@", "NOPERM")] {
        let folder = tempdir().unwrap();
        let output = Service::refused(folder.path(), &[("store.url", &redis.url(user))]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(code), "{user}: {text}");
        assert!(!text.contains("does not answer"), "{user}: {text}");
        assert!(!text.contains("memory:"), "no advice that nodes could not share: {text}");
        assert!(!text.contains("hunter3") && !text.contains(":secret"), "{text}");
    }
    Service::start(&[("store.url", &redis.url(":hunter2@"))]).await;
}
