use std::{
    env,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use deadpool_redis::redis::{Client, FromRedisValue, aio::MultiplexedConnection, cmd};
use passport_storage_redis::{RedisClient, RedisOptions};
use tempfile::TempDir;
use uuid::Uuid;

/// URL of the Redis server for tests. Tests that call this are ignored by default.
pub(crate) fn url() -> String {
    let url = env::var("PASSPORT_TEST_REDIS_URL").ok().filter(|url| !url.is_empty());
    url.expect(
        "PASSPORT_TEST_REDIS_URL is not set: set it to the URL of a Redis server, such as \
         redis://127.0.0.1:6379, or run ./check, which starts one",
    )
}

/// Client of the Redis server for tests, with a key prefix of its own.
pub(crate) fn client() -> RedisClient {
    open(&url(), &prefix())
}

pub(crate) fn prefix() -> String {
    format!("test-{}", Uuid::new_v4().simple())
}

/// Has longer timeouts than in production, because the machine that runs the tests may be busy.
pub(crate) fn open(url: &str, prefix: &str) -> RedisClient {
    let patience = Duration::from_secs(10);
    let options = RedisOptions {
        prefix: prefix.to_owned(),
        connect_timeout: patience,
        response_timeout: patience,
    };
    RedisClient::open(url, options).expect("url and prefix are good")
}

pub(crate) async fn raw(url: &str) -> MultiplexedConnection {
    let client = Client::open(url).expect("url is good");
    client.get_multiplexed_async_connection().await.expect("redis is there")
}

/// Redis server of one test, which can be stopped and restarted. It loses its data at a restart.
pub(crate) struct Server {
    pub(crate) url: String,
    port: u16,
    arguments: Vec<String>,
    directory: TempDir,
    process: Option<Child>,
}

impl Server {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self {
            url: format!("redis://127.0.0.1:{port}"),
            port,
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            directory: tempfile::tempdir().unwrap(),
            process: None,
        };
        server.spawn();
        server.is_up().await;
        server
    }

    pub(crate) async fn start_again(&mut self) {
        self.spawn();
        self.is_up().await;
    }

    /// Ends the server as a crash does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut command = cmd(words.next().unwrap());
        for word in words {
            command.arg(word);
        }
        command.query_async(&mut raw(&self.url).await).await.expect("redis answers")
    }

    fn spawn(&mut self) {
        let program = env::var("PASSPORT_TEST_REDIS_SERVER").unwrap_or("redis-server".to_owned());
        let process = Command::new(program)
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.directory.path())
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.process = Some(process.expect(
            "redis-server cannot be started: install it, or set PASSPORT_TEST_REDIS_SERVER to its path",
        ));
    }

    async fn is_up(&self) {
        let client = Client::open(&*self.url).unwrap();
        for _ in 0..200 {
            if let Ok(mut connection) = client.get_multiplexed_async_connection().await
                && cmd("PING").query_async::<()>(&mut connection).await.is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("redis-server did not come up at {}", self.url);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
