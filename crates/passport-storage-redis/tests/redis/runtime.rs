//! A web server has a runtime for each of its threads, and all of them use one client.

use std::time::Duration;

use passport_storage_redis::{RedisClient, RedisError};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
    time::sleep,
};

use crate::server::{Server, open};

/// A runtime beside that of the test.
struct Elsewhere(Option<Runtime>);

impl Elsewhere {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self(Some(runtime.unwrap()))
    }

    async fn ping(&self, client: &RedisClient) -> Result<(), RedisError> {
        ping_on(self.handle(), client).await.unwrap()
    }

    fn handle(&self) -> &Handle {
        self.0.as_ref().unwrap().handle()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.0.take().unwrap().shutdown_background();
    }
}

fn ping_on(runtime: &Handle, client: &RedisClient) -> JoinHandle<Result<(), RedisError>> {
    let client = client.clone();
    runtime.spawn(async move { client.ping().await })
}

/// Waits until the server has as many connections, without that of the question.
async fn are_connected(server: &Server, number: usize) {
    let connections = async || {
        let list: String = server.ask("CLIENT LIST").await;
        list.lines().count() - 1
    };
    for _ in 0..400 {
        if connections().await == number {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
    panic!("{} connections, not {number}", connections().await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn each_runtime_has_one_connection_which_ends_with_it() {
    let server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    for _ in 0..3 {
        let elsewhere = Elsewhere::new();
        elsewhere.ping(&client).await.unwrap();
        let runtimes = [elsewhere.handle(), &Handle::current()];
        let pings = runtimes.repeat(20).into_iter().map(|runtime| ping_on(runtime, &client));
        for ping in pings.collect::<Vec<_>>() {
            ping.await.unwrap().unwrap();
        }
        are_connected(&server, 2).await;
        drop(elsewhere);
        are_connected(&server, 1).await;
        client.ping().await.expect("the connection of this runtime is not lost");
    }
}

/// The first request after a restart may fail, which tells the other runtimes.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_restart_fails_requests_of_one_runtime() {
    let mut server = Server::start(&[]).await;
    let (client, elsewhere) = (open(&server.url, "passport"), Elsewhere::new());
    for is_here_first in [true, false] {
        client.ping().await.unwrap();
        elsewhere.ping(&client).await.unwrap();
        server.kill();
        server.start_again().await;
        if is_here_first {
            let _ = client.ping().await;
            elsewhere.ping(&client).await.expect("the other runtime connects anew");
        } else {
            let _ = elsewhere.ping(&client).await;
            client.ping().await.expect("the other runtime connects anew");
        }
    }
}

/// The address may lead to another server then, and a replica answers to a `PING`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_replica_is_left_by_all_runtimes() {
    let server = Server::start(&[]).await;
    let (client, elsewhere) = (open(&server.url, "passport"), Elsewhere::new());
    client.ping().await.unwrap();
    elsewhere.ping(&client).await.unwrap();
    let ids = async || -> Vec<String> {
        let list: String = server.ask("CLIENT LIST").await;
        list.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    are_connected(&server, 2).await;
    let former = ids().await;
    let _: () = server.ask("REPLICAOF 127.0.0.1 1").await;
    assert_eq!(client.ping().await.unwrap_err().refusal(), Some("READONLY"));
    let _: () = server.ask("REPLICAOF NO ONE").await;
    client.ping().await.unwrap();
    elsewhere.ping(&client).await.unwrap();
    are_connected(&server, 2).await;
    let now = ids().await;
    assert!(now.iter().all(|id| !former.contains(id)), "{former:?} {now:?}");
}
