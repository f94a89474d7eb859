//! Values of the domain as SQLite stores them.

use std::time::Duration;

use diesel::sql_types::{BigInt, Binary};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::failure::Failure;

pub(crate) type Moment = BigInt;
pub(crate) type SqlId = Binary;
pub(crate) type Id = Vec<u8>;
pub(crate) type StoredMoment = i64;

pub(crate) fn id(id: Uuid) -> Vec<u8> {
    id.into_bytes().to_vec()
}

#[expect(clippy::needless_pass_by_value, reason = "its counterpart for PostgreSQL takes a value")]
pub(crate) fn from_id(id: Vec<u8>) -> Result<Uuid, Failure> {
    stored_id(&id)
}

pub(crate) fn from_moment(micros: i64) -> Result<OffsetDateTime, Failure> {
    stored_moment(micros)
}

/// Microseconds since 1970, with a range of 290,000 years.
pub(crate) fn moment(at: OffsetDateTime) -> i64 {
    clamp(at.unix_timestamp_nanos().div_euclid(1_000))
}

pub(super) fn span(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

pub(super) fn stored_id(bytes: &[u8]) -> Result<Uuid, Failure> {
    Uuid::from_slice(bytes).map_err(|error| Failure::Row(error.into()))
}

pub(super) fn stored_moment(micros: i64) -> Result<OffsetDateTime, Failure> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .map_err(|error| Failure::Row(error.into()))
}

pub(super) fn stored_span(micros: i64) -> Result<Duration, Failure> {
    u64::try_from(micros).map(Duration::from_micros).map_err(|error| Failure::Row(error.into()))
}

fn clamp(micros: i128) -> i64 {
    i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_are_exact_to_the_microsecond() {
        for at in [
            datetime!(1970-01-01 00:00 UTC),
            datetime!(1969-12-31 23:59:59.999999 UTC),
            datetime!(2026-11-22 09:43:30.123456 UTC),
            datetime!(9999-12-31 23:59:59.999999 UTC),
        ] {
            assert_eq!(stored_moment(moment(at)).unwrap(), at);
        }
        let finer = datetime!(2026-11-22 09:43:30.123456789 UTC);
        assert_eq!(stored_moment(moment(finer)).unwrap(), finer.truncate_to_microsecond());
    }
}
