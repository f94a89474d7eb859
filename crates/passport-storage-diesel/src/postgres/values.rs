//! Values of the domain as PostgreSQL stores them.

use std::time::Duration;

use diesel::{
    data_types::PgInterval,
    sql_types::{self, Timestamptz},
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::failure::Failure;

pub(crate) type Moment = Timestamptz;
pub(crate) type SqlId = sql_types::Uuid;
pub(crate) type Id = Uuid;
pub(crate) type StoredMoment = OffsetDateTime;

pub(crate) fn id(id: Uuid) -> Uuid {
    id
}

#[expect(clippy::unnecessary_wraps, reason = "its counterpart for SQLite can fail")]
pub(crate) fn from_id(id: Uuid) -> Result<Uuid, Failure> {
    Ok(id)
}

#[expect(clippy::unnecessary_wraps, reason = "its counterpart for SQLite can fail")]
pub(crate) fn from_moment(at: OffsetDateTime) -> Result<OffsetDateTime, Failure> {
    Ok(at)
}

/// Truncated to microseconds, the precision of `timestamptz`.
pub(crate) fn moment(at: OffsetDateTime) -> OffsetDateTime {
    at.truncate_to_microsecond()
}

/// Microseconds only, because an interval of days depends on the calendar.
pub(super) fn span(span: Duration) -> PgInterval {
    PgInterval::from_microseconds(i64::try_from(span.as_micros()).unwrap_or(i64::MAX))
}
