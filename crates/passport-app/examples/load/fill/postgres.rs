use std::{fmt::Write, io::Cursor};

use futures::SinkExt;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio_postgres::{Client, NoTls};

use super::filling::{ABSOLUTE, Filling, IDLE, not_empty};
use crate::{messages::Message, outcome::Outcome, people};

/// Rows that are sent at once.
const BATCH: usize = 5_000;

/// Writes the line of a row for `COPY`.
type Line<'a> = dyn Fn(usize, &mut String) -> Outcome + 'a;

/// Fills the database at `url` by `COPY`.
pub(super) async fn fill(filling: &Filling, url: &str) -> Outcome {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let connection = tokio::spawn(connection);
    if client.query_one("SELECT EXISTS (SELECT FROM users)", &[]).await?.get(0) {
        return Err(not_empty(url).into());
    }
    // Without checks of foreign keys and without triggers, which only a superuser can leave out.
    let _ = client.batch_execute("SET session_replication_role = replica").await;
    client.batch_execute("SET synchronous_commit = off").await?;
    let Filling { count, at, hash, .. } = filling;
    let message = |n| Message::new(n, *count, *at);
    let tables: [(&str, &Line<'_>); 6] = [
        ("users (id, nick_name, password_hash, created_at)", &|n, row| {
            let (id, name) = (people::user_id(n), people::nick_name(n));
            Ok(writeln!(row, "{id}\t{name}\t{hash}\t{}", moment(people::signed_up_at(n))?)?)
        }),
        ("user_phones (phone, user_id, since)", &|n, row| {
            let (phone, id) = (people::phone(n), people::user_id(n));
            Ok(writeln!(row, "{phone}\t{id}\t{}", moment(people::signed_up_at(n))?)?)
        }),
        (
            "sessions (digest, id, subject, created_at, last_seen_at, idle, expires_at, ends_at, \
             authenticated_at, browser, system, device_kind, address, remembered)",
            &|n, row| {
                let digest = hex::encode(people::token(n)?.digest().as_bytes());
                let (id, user, now) =
                    (people::session_id(n, *at), people::user_id(n), moment(*at)?);
                let (idle, end, expiry) = (IDLE, moment(at + IDLE)?, moment(at + ABSOLUTE)?);
                Ok(writeln!(
                    row,
                    "\\\\x{digest}\t{id}\t{user}\t{now}\t{now}\t{idle} milliseconds\t{expiry}\t{end}\t\
                     {now}\tFirefox\tLinux\t3\t10.0.0.1\tt"
                )?)
            },
        ),
        (
            "outbox_messages (id, country, carrier, lease, leased_until, expires_at, settled_at)",
            &|n, row| {
                let it = message(n);
                let leased_until = moment(it.began_at + 11_000)?;
                let settled_at = it.settled_at().map_or(Ok("\\N".to_owned()), moment)?;
                let (id, lease, expiry) = (it.id(), it.lease(), moment(it.expires_at())?);
                Ok(writeln!(
                    row,
                    "{id}\t+86\t+86138\t{lease}\t{leased_until}\t{expiry}\t{settled_at}"
                )?)
            },
        ),
        (
            "outbox_attempts (message, gateway, lease, began_at, standing, provider_id, delivery, redeemed)",
            &|n, row| {
                let it = message(n);
                let provider_id = it.provider_id().unwrap_or("\\N".to_owned());
                let (id, lease, began, standing) =
                    (it.id(), it.lease(), moment(it.began_at)?, it.standing());
                let (delivery, is_redeemed) = (it.delivery(), it.is_redeemed());
                Ok(writeln!(
                    row,
                    "{id}\twebhook\t{lease}\t{began}\t{standing}\t{provider_id}\t{delivery}\t{is_redeemed}"
                )?)
            },
        ),
        (
            "audit_events (id, at, kind, outcome, actor_kind, phone, phone_tag, address, detail)",
            &|n, row| {
                let it = message(n);
                let tag = hex::encode(people::hash_of::<16>("tag", n));
                let (id, began, phone) =
                    (it.event_id(), moment(it.began_at)?, people::nick_name(n));
                Ok(writeln!(
                    row,
                    "{id}\t{began}\tcode.sent\t0\t0\t{phone}\t\\\\x{tag}\t10.0.0.1\t{{}}"
                )?)
            },
        ),
    ];
    for (columns, row) in tables {
        copy(&client, columns, *count, row).await?;
    }
    // With its checkpoint, which not every user may ask for, so that none follows in a row of the table.
    client.batch_execute("VACUUM (ANALYZE)").await?;
    let _ = client.batch_execute("CHECKPOINT").await;
    drop(client);
    Ok(connection.await??)
}

async fn copy(client: &Client, columns: &str, count: usize, row: &Line<'_>) -> Outcome {
    let sink = client.copy_in(&format!("COPY {columns} FROM STDIN")).await?;
    let mut sink = std::pin::pin!(sink);
    for first in (0..count).step_by(BATCH) {
        let mut rows = String::new();
        for n in first..count.min(first + BATCH) {
            row(n, &mut rows)?;
        }
        sink.send(Cursor::new(rows.into_bytes())).await?;
    }
    sink.finish().await?;
    Ok(())
}

/// Milliseconds since 1970 as PostgreSQL reads them.
fn moment(milliseconds: u64) -> Outcome<String> {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    Ok(OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)?.format(&Rfc3339)?)
}
