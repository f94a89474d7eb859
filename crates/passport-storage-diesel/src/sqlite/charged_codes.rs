use diesel::{QueryResult, SqliteConnection};
use passport_codes::{CodeKey, Guess, Redemption, StoredCode};
use passport_throttle::{Attempt, Hit, Passage, Permission, Toll};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Pool, codes, count::count, failures, hits::InsertHit, throttle::refusal_of, values::moment,
};
use crate::DatabaseError;

/// Codes in an SQLite file, together with the counts and failures that are charged for them.
///
/// Each act is one write of the file's writer, so nothing comes between what it reads and what it writes.
#[derive(Debug, Clone)]
pub struct ChargedCodes(pub(crate) Pool);

impl ChargedCodes {
    /// Stores a code, and counts a hit on the charges of `toll`, if all of it lets the act pass; else does
    /// neither. Counts no failure.
    ///
    /// # Errors
    ///
    /// If the database does not answer. The code may have been stored and charged.
    pub async fn put(
        &self,
        toll: &Toll,
        (key, code): (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, DatabaseError> {
        let (toll, row) = (toll.clone(), codes::CodeRow::new(key, &code));
        let put = move |connection: &mut SqliteConnection| {
            Ok(match begin(connection, &toll, now)? {
                Passage::Passed(_) => {
                    let hit = count_hit(connection, toll, now)?;
                    codes::put(connection, row)?;
                    Passage::Passed(hit)
                }
                Passage::Refused(refusal) => Passage::Refused(refusal),
                Passage::Blocked(block) => Passage::Blocked(block),
            })
        };
        Ok(self.0.write(put).await?)
    }

    /// Redeems a code, if all of `toll` has room for a wrong guess. A wrong guess counts as a hit and as a
    /// failure in every series, a right one ends the series, and one at a missing code changes nothing.
    ///
    /// # Errors
    ///
    /// If the database does not answer. The code may have been spent.
    pub async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, DatabaseError> {
        let (toll, guess) = (toll.clone(), guess.clone());
        let redeem = move |connection: &mut SqliteConnection| {
            let attempt = match begin(connection, &toll, now)? {
                Passage::Passed(attempt) => attempt,
                Passage::Refused(refusal) => return Ok(Passage::Refused(refusal)),
                Passage::Blocked(block) => return Ok(Passage::Blocked(block)),
            };
            let redemption = codes::redeem(connection, &guess, now)?;
            match redemption {
                Redemption::Accepted(_) => {
                    // Failures of the past are the only ones that there are to end.
                    let series = attempt.counted.iter().filter(|it| it.formerly.is_some());
                    for counted in series {
                        failures::end(connection, &counted.key)?;
                    }
                }
                Redemption::Mismatch { .. } => {
                    count_hit(connection, toll, now)?;
                    failures::count_attempt(connection, &attempt)?;
                }
                Redemption::Missing => {}
            }
            Ok(Passage::Passed(redemption))
        };
        Ok(self.0.write(redeem).await?)
    }
}

/// Whether all of `toll` lets an act pass; if so, the attempt as its series would count it.
fn begin(
    connection: &mut SqliteConnection,
    toll: &Toll,
    now: OffsetDateTime,
) -> QueryResult<Passage<Attempt>> {
    let counts: Vec<_> = toll.counts().copied().collect();
    if !counts.is_empty()
        && let Some(refusal) = refusal_of(connection, &counts, moment(now))?
    {
        return Ok(Passage::Refused(refusal));
    }
    Ok(match failures::decide(connection, &toll.series, now)? {
        Permission::Go(attempt) => Passage::Passed(attempt),
        Permission::Blocked(block) => Passage::Blocked(block),
    })
}

fn count_hit(
    connection: &mut SqliteConnection,
    toll: Toll,
    now: OffsetDateTime,
) -> QueryResult<Hit> {
    let hit = Hit { id: Uuid::new_v4(), charges: toll.charges };
    if !hit.charges.is_empty() {
        count(connection, InsertHit::new(hit.clone(), moment(now)))?;
    }
    Ok(hit)
}
