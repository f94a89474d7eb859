//! The rows of messages.

use std::{fs, time::Duration};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use rand::RngExt;
use uuid::{Builder, Uuid};

use super::{rate::rate, sqlite::path, statement::run};
use crate::{driver::LANES, figures::count, outcome::Outcome};

/// Time of the first message in milliseconds since 1970, after those of the filled tables.
const FIRST: u64 = 4_000_000_000_000;

/// What a message writes, in the order of its three commits; `?` is its id. The challenge and the reads that
/// precede a charge are not in it.
const COMMITS: [&[&str]; 3] = [
    &[
        // A part of the id that is random comes first, as in the digest of a client or a number.
        "INSERT INTO throttle_hits (subject, policy, at, hit, expires_at)
         SELECT unhex(substr(hex(id), first) || substr(hex(id), 1, first - 1)), policy, now, id,
             now + span * 1000000
         FROM (SELECT ? AS id, CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS now),
             (SELECT 'sms-per-client-hour' AS policy, 3600 AS span, 17 AS first
              UNION ALL SELECT 'sms-per-client-day', 86400, 17
              UNION ALL SELECT 'sms-per-phone-cooldown', 60, 25
              UNION ALL SELECT 'sms-per-phone-hour', 3600, 25
              UNION ALL SELECT 'sms-per-phone-day', 86400, 25)",
        "INSERT INTO codes (subject, purpose, digest, tries_left, expires_at)
         VALUES (substr(hex(?), 17), 'register', zeroblob(32), 5, unixepoch() * 1000000 + 300000000)",
    ],
    &[
        "INSERT INTO outbox_messages (id, sealed, country, carrier, lease, leased_until, expires_at)
         VALUES (?, zeroblob(120), '+86', '+86138', zeroblob(16), unixepoch() * 1000000 + 11000000,
             unixepoch() * 1000000 + 300000000)",
        "INSERT INTO outbox_attempts (message, gateway, lease, began_at, standing)
         VALUES (?, 'limit', zeroblob(16), unixepoch() * 1000000, 'in-doubt')",
    ],
    &[
        "UPDATE outbox_attempts SET standing = 'accepted', provider_id = hex(message)
         WHERE message = ? AND gateway = 'limit' AND lease = zeroblob(16)",
        "UPDATE outbox_messages SET settled_at = unixepoch() * 1000000, sealed = NULL
         WHERE id = ? AND lease = zeroblob(16) AND settled_at IS NULL",
    ],
];

/// Messages a second whose rows are written to a copy of the database at `url`, on one thread, where 32
/// messages share each commit.
pub(super) fn messages(url: &str, time: Duration) -> Outcome<f64> {
    let copy = format!("{}-messages", path(url)?);
    if !fs::exists(&copy)? {
        let mut original = SqliteConnection::establish(path(url)?)?;
        original.batch_execute(&format!("VACUUM INTO '{copy}'"))?;
    }
    let mut connection = SqliteConnection::establish(&copy)?;
    connection.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = 4000",
    )?;
    let (mut rng, mut batch) = (rand::rng(), 0);
    let batches = rate(time, || {
        // As if the messages of each batch came within a millisecond.
        batch += 1;
        let id = |_| Builder::from_unix_timestamp_millis(FIRST + batch, &rng.random()).into_uuid();
        let ids: Vec<_> = (0..LANES).map(id).map(Uuid::into_bytes).collect();
        for statements in COMMITS {
            connection.immediate_transaction(|connection| {
                for (id, text) in
                    ids.iter().flat_map(|id| statements.iter().map(move |it| (id, it)))
                {
                    run(connection, text, *id)?;
                }
                diesel::QueryResult::Ok(())
            })?;
        }
        Ok(())
    });
    Ok(batches? * count(LANES))
}
