use passport_storage_redis::{RedisClient, RedisOptions};
use tokio::{
    runtime::{Builder, Handle},
    task::spawn_blocking,
};

use crate::server::{prefix, url};

/// A web server has a runtime for each of its threads, and any of them may connect.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis"]
async fn the_connection_outlives_the_runtime_that_connected() {
    let options = RedisOptions { prefix: prefix(), ..RedisOptions::default() };
    let client = RedisClient::open_on(&Handle::current(), &url(), options).unwrap();
    let connecting = client.clone();
    let connected = spawn_blocking(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(connecting.ping())
    });
    connected.await.unwrap().expect("Redis answers");
    client.ping().await.expect("the connection is not lost");
}
