use diesel::prelude::*;
use time::OffsetDateTime;

use super::{
    Pool,
    count::count,
    schema::{codes, throttle_hits},
    values::moment,
};
use crate::failure::Failure;

/// Number of rows that a batch passes over. Other writes get their turn between two batches.
const BATCH: i64 = 1_000;

/// Deletes the rows of a table that have expired, subject by subject: the tables have no index on
/// `expires_at`, which each put and hit would have to keep.
macro_rules! sweep {
    ($pool:expr, $table:ident, $subject:ty, $now:expr) => {{
        let (mut swept, mut done) = (0, None::<$subject>);
        loop {
            // The last subject of the batch; a subject is swept as a whole.
            let mut subjects = $table::table
                .select($table::subject)
                .order($table::subject.asc())
                .offset(BATCH)
                .limit(1)
                .into_boxed();
            let mut expired =
                diesel::delete($table::table).filter($table::expires_at.le($now)).into_boxed();
            if let Some(done) = &done {
                subjects = subjects.filter($table::subject.gt(done.clone()));
                expired = expired.filter($table::subject.gt(done.clone()));
            }
            let last: Option<$subject> = $pool.load(subjects).await?.pop();
            if let Some(last) = &last {
                expired = expired.filter($table::subject.le(last.clone()));
            }
            swept += $pool.write(move |connection| count(connection, expired)).await? as u64;
            if last.is_none() {
                break swept;
            }
            done = last;
        }
    }};
}

impl Pool {
    /// Deletes codes and hits that have expired; returns their number.
    pub(crate) async fn sweep(&self, now: OffsetDateTime) -> Result<u64, Failure> {
        let now = moment(now);
        let codes: u64 = sweep!(self, codes, String, now);
        let hits: u64 = sweep!(self, throttle_hits, Vec<u8>, now);
        Ok(codes + hits)
    }
}
