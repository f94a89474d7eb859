use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use deadpool_redis::redis::{AsyncCommands, Client};

use crate::{
    driver::LANES,
    figures::{count, per},
    outcome::Outcome,
};

/// Values got a second over one connection, which carries 32 requests at a time.
pub(super) fn get(url: &str, time: Duration) -> Outcome<f64> {
    const KEY: &str = "load:value";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let connection = Client::open(url)?.get_multiplexed_async_connection().await?;
        let () = connection.clone().set(KEY, vec![0_u8; 500]).await?;
        let (started, done) = (Instant::now(), Cell::new(0));
        let lanes = (0..LANES).map(|_| {
            let (mut connection, done) = (connection.clone(), &done);
            async move {
                while started.elapsed() < time {
                    let value: Vec<u8> = connection.get(KEY).await?;
                    std::hint::black_box(value);
                    done.set(done.get() + 1);
                }
                Outcome::Ok(())
            }
        });
        futures::future::try_join_all(lanes).await?;
        Ok(per(count(done.get()), started.elapsed()))
    })
}
