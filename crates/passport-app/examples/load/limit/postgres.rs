use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use tokio_postgres::{Client, NoTls};

use crate::{
    driver::LANES,
    figures::{count, per},
    outcome::Outcome,
    people::{self, scattered},
};

/// Rows of random users found by their primary key a second, by a prepared statement over one connection of
/// one thread, which carries 32 requests at a time.
pub(super) fn select(url: &str, people: usize, time: Duration) -> Outcome<f64> {
    on_one_thread(async {
        let client = connect(url).await?;
        let text = "SELECT nick_name, standing, epoch FROM users WHERE id = ($1::text)::uuid";
        let statement = client.prepare(text).await?;
        repeat(time, async |_, n| {
            let id = people::user_id(scattered(n, people)).to_string();
            client.query_one(&statement, &[&id]).await?;
            Ok(())
        })
        .await
    })
}

/// Rows that 32 connections insert and commit a second.
pub(super) fn commit(url: &str, time: Duration) -> Outcome<f64> {
    on_one_thread(async {
        let first = connect(url).await?;
        let create = "CREATE TABLE IF NOT EXISTS load_rows (id bigserial PRIMARY KEY, content bytea NOT NULL)";
        first.batch_execute(create).await?;
        let mut lanes = Vec::new();
        for _ in 0..LANES {
            let client = connect(url).await?;
            let insert = "INSERT INTO load_rows (content) VALUES ($1)";
            let statement = client.prepare(insert).await?;
            lanes.push((client, statement));
        }
        let content = vec![0_u8; 200];
        repeat(time, async |lane, _| {
            let (client, statement) = &lanes[lane];
            client.execute(statement, &[&content]).await?;
            Ok(())
        })
        .await
    })
}

/// Does `act` in 32 lanes at a time, with the lane and a running number; returns how often a second.
async fn repeat(time: Duration, act: impl AsyncFn(usize, usize) -> Outcome) -> Outcome<f64> {
    let (started, next, act) = (Instant::now(), Cell::new(0), &act);
    let lanes = (0..LANES).map(|lane| {
        let next = &next;
        async move {
            while started.elapsed() < time {
                act(lane, next.replace(next.get() + 1)).await?;
            }
            Outcome::Ok(())
        }
    });
    futures::future::try_join_all(lanes).await?;
    Ok(per(count(next.get()), started.elapsed()))
}

async fn connect(url: &str) -> Outcome<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

fn on_one_thread(work: impl Future<Output = Outcome<f64>>) -> Outcome<f64> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
