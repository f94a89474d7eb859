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

impl Pool {
    /// Deletes codes and hits that have expired; returns their number.
    ///
    /// Passes over the tables subject by subject, because they have no index on `expires_at`: each
    /// put and hit would have to keep it.
    pub(crate) async fn sweep(&self, now: OffsetDateTime) -> Result<u64, Failure> {
        let now = moment(now);
        Ok(self.sweep_codes(now).await? + self.sweep_hits(now).await?)
    }
}

/// Defines a method that sweeps a table whose key begins with `subject`.
macro_rules! sweep {
    ($sweep:ident, $table:ident, $subject:ty) => {
        impl Pool {
            async fn $sweep(&self, now: i64) -> Result<u64, Failure> {
                let (mut swept, mut done) = (0, None::<$subject>);
                loop {
                    let batch = move |connection: &mut SqliteConnection| {
                        let mut subjects = $table::table
                            .select($table::subject)
                            .order($table::subject)
                            .into_boxed();
                        let mut expired = diesel::delete($table::table)
                            .filter($table::expires_at.le(now))
                            .into_boxed();
                        if let Some(done) = done {
                            subjects = subjects.filter($table::subject.gt(done.clone()));
                            expired = expired.filter($table::subject.gt(done));
                        }
                        // A subject is swept as a whole, so the batch may be larger.
                        let last: Option<$subject> =
                            subjects.offset(BATCH).first(connection).optional()?;
                        if let Some(last) = last.clone() {
                            expired = expired.filter($table::subject.le(last));
                        }
                        Ok((count(connection, expired)?, last))
                    };
                    let (count, last) = self.write(batch).await?;
                    swept += count as u64;
                    if last.is_none() {
                        return Ok(swept);
                    }
                    done = last;
                }
            }
        }
    };
}

sweep!(sweep_codes, codes, String);
sweep!(sweep_hits, throttle_hits, Vec<u8>);
