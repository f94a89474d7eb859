use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    declare_sql_function, sql_query, sql_types::BigInt,
};

use super::filling::{ABSOLUTE, Filling, IDLE, not_empty};
use crate::{messages::Message, outcome::Outcome, people};

#[declare_sql_function]
extern "SQL" {
    fn user_id(n: BigInt) -> Binary;
    fn nick_name(n: BigInt) -> Text;
    fn phone(n: BigInt) -> Text;
    fn signed_up_at(n: BigInt) -> BigInt;
    fn token_digest(n: BigInt) -> Nullable<Binary>;
    fn session_id(n: BigInt) -> Binary;
    fn message_id(n: BigInt) -> Binary;
    fn message_lease(n: BigInt) -> Binary;
    fn message_began_at(n: BigInt) -> BigInt;
    fn message_settled_at(n: BigInt) -> Nullable<BigInt>;
    fn message_standing(n: BigInt) -> Text;
    fn message_provider_id(n: BigInt) -> Nullable<Text>;
    fn message_delivery(n: BigInt) -> BigInt;
    fn message_redeemed(n: BigInt) -> BigInt;
    fn event_id(n: BigInt) -> Binary;
    fn event_tag(n: BigInt) -> Binary;
}

/// Writes to the log of the database alone and syncs at the end only: nothing is lost by a crash, because
/// the file is new.
const FAST: &str = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; \
                    PRAGMA cache_size = -1048576; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;";

/// As the service opens the file, and with everything in it and not in the log.
const AS_BEFORE: &str = "PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; \
                         PRAGMA wal_checkpoint(TRUNCATE);";

/// Fills the file at `path`. Each table is written in the order of its key.
pub(super) fn fill(filling: &Filling, path: &str) -> Outcome {
    let mut connection = SqliteConnection::establish(path)?;
    let users: Count =
        sql_query("SELECT count(*) AS count FROM users").get_result(&mut connection)?;
    if users.count > 0 {
        return Err(not_empty(path).into());
    }
    connection.batch_execute(FAST)?;
    register(&mut connection, filling)?;
    let mut insert = |columns: &str, values: &str| -> Outcome {
        let last = filling.count - 1;
        connection.batch_execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) \
             INSERT INTO {columns} SELECT {values} FROM numbers ORDER BY 1"
        ))?;
        Ok(())
    };
    let Filling { at, hash, .. } = filling;
    insert(
        "users (id, nick_name, password_hash, created_at)",
        &format!("user_id(n), nick_name(n), '{hash}', signed_up_at(n)"),
    )?;
    insert("user_phones (phone, user_id, since)", "phone(n), user_id(n), signed_up_at(n)")?;
    let [now, idle, expires_at, ends_at] = [*at, IDLE, at + ABSOLUTE, at + IDLE].map(micros);
    insert(
        "sessions (digest, id, subject, created_at, last_seen_at, idle, expires_at, ends_at, \
         authenticated_at, browser, system, device_kind, address, remembered)",
        &format!(
            "token_digest(n), session_id(n), user_id(n), {now}, {now}, {idle}, {expires_at}, {ends_at}, \
             {now}, 'Firefox', 'Linux', 3, '10.0.0.1', 1"
        ),
    )?;
    insert(
        "outbox_messages (id, country, carrier, lease, leased_until, expires_at, settled_at)",
        "message_id(n), '+86', '+86138', message_lease(n), message_began_at(n) + 11000000, \
         message_began_at(n) + 300000000, message_settled_at(n)",
    )?;
    insert(
        "outbox_attempts (message, gateway, lease, began_at, standing, provider_id, delivery, redeemed)",
        "message_id(n), 'webhook', message_lease(n), message_began_at(n), message_standing(n), \
         message_provider_id(n), message_delivery(n), message_redeemed(n)",
    )?;
    insert(
        "audit_events (id, at, kind, outcome, actor_kind, phone, phone_tag, address, detail)",
        "event_id(n), message_began_at(n), 'code.sent', 0, 0, nick_name(n), event_tag(n), '10.0.0.1', '{}'",
    )?;
    connection.batch_execute(AS_BEFORE)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Makes `people` and `messages` known to SQL.
fn register(connection: &mut SqliteConnection, filling: &Filling) -> Outcome {
    let at = filling.at;
    user_id_utils::register_impl(connection, |n| people::user_id(index(n)).into_bytes().to_vec())?;
    nick_name_utils::register_impl(connection, |n| people::nick_name(index(n)))?;
    phone_utils::register_impl(connection, |n| people::phone(index(n)))?;
    signed_up_at_utils::register_impl(connection, |n| micros(people::signed_up_at(index(n))))?;
    token_digest_utils::register_impl(connection, |n| {
        people::token(index(n)).ok().map(|token| token.digest().as_bytes().to_vec())
    })?;
    session_id_utils::register_impl(connection, move |n| {
        people::session_id(index(n), at).into_bytes().to_vec()
    })?;
    message_id_utils::register_impl(connection, of(filling, |it| it.id().into_bytes().to_vec()))?;
    message_lease_utils::register_impl(
        connection,
        of(filling, |it| it.lease().into_bytes().to_vec()),
    )?;
    message_began_at_utils::register_impl(connection, of(filling, |it| micros(it.began_at)))?;
    message_settled_at_utils::register_impl(
        connection,
        of(filling, |it| it.settled_at().map(micros)),
    )?;
    message_standing_utils::register_impl(connection, of(filling, |it| it.standing().to_owned()))?;
    message_provider_id_utils::register_impl(connection, of(filling, Message::provider_id))?;
    message_delivery_utils::register_impl(connection, of(filling, |it| i64::from(it.delivery())))?;
    message_redeemed_utils::register_impl(
        connection,
        of(filling, |it| i64::from(it.is_redeemed())),
    )?;
    event_id_utils::register_impl(
        connection,
        of(filling, |it| it.event_id().into_bytes().to_vec()),
    )?;
    event_tag_utils::register_impl(connection, |n| {
        people::hash_of::<16>("tag", index(n)).to_vec()
    })?;
    Ok(())
}

/// A function of message `n`.
fn of<T: 'static>(
    filling: &Filling,
    part: fn(Message) -> T,
) -> impl Fn(i64) -> T + Send + Sync + std::panic::UnwindSafe + 'static {
    let (count, at) = (filling.count, filling.at);
    move |n| part(Message::new(index(n), count, at))
}

fn index(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

/// Milliseconds as the database keeps them.
fn micros(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds * 1_000).unwrap_or(i64::MAX)
}
