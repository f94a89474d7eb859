use std::time::Duration;

use passport_session::{Session, SessionId};
use uuid::Uuid;

use crate::{RedisError, moment::from_microseconds};

/// Fields of a record, in the order of [`Row`].
pub(super) const FIELDS: [&str; 6] =
    ["id", "subject", "created_at", "last_seen_at", "idle", "expires_at"];

/// Record as Redis returns it: all fields are `None` if there is no record.
pub(super) type Row =
    (Option<String>, Option<String>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// Session in `row`, if there is one.
pub(super) fn session(row: &Row) -> Result<Option<Session>, RedisError> {
    let (Some(id), Some(subject), Some(created_at), Some(last_seen_at), Some(idle), Some(end)) =
        row
    else {
        return Ok(None);
    };
    let session = || {
        Some(Session {
            id: SessionId::from_uuid(Uuid::try_parse(id).ok()?),
            subject: Uuid::try_parse(subject).ok()?,
            created_at: from_microseconds(*created_at)?,
            last_seen_at: from_microseconds(*last_seen_at)?,
            idle: Duration::from_micros(u64::try_from(*idle).ok()?),
            expires_at: from_microseconds(*end)?,
        })
    };
    session().map(Some).ok_or_else(|| RedisError::new("a session's record is damaged"))
}
