use std::{error::Error, sync::Arc, time::Duration};

use passport_session::SessionId;
use passport_throttle::{
    Attempt, Backoff, BackoffError, Block, FailureStore, Permission, Series, SeriesKey, Tally,
};
use passport_user::PhoneNumber;
use tracing::error;

use crate::{Clock, Denied, SubjectKey};

/// Failures in a row: wrong passwords and codes of a number, wrong proofs in a session.
///
/// Each series delays the attempts after its failures, and stops them at a limit (NIST SP 800-63B-4
/// §3.2.2). Series exist for numbers without an account too, so a delay does not reveal that a number is
/// registered.
#[derive(Debug, Clone)]
pub struct Failures {
    store: Arc<dyn FailureStore>,
    subjects: SubjectKey,
    backoffs: Backoffs,
    clock: Arc<dyn Clock>,
}

/// Delays and limits of each kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoffs {
    /// Of wrong passwords for a number.
    pub password: Backoff,
    /// Of wrong codes for a number, over all codes and purposes.
    pub code: Backoff,
    /// Of wrong proofs in one session.
    pub confirmation: Backoff,
}

impl Backoffs {
    /// Wrong codes in a row after which codes of a number wait for a day, by default.
    pub const WRONG_CODES: u32 = 20;
    /// Wrong proofs in one session after which it cannot be confirmed any more.
    const CONFIRMATIONS: u32 = 5;
    /// Failures in a row that end every series (NIST SP 800-63B-4 §3.2.2).
    const MOST: u32 = 100;

    /// The delays of wrong passwords are those of `password`; after `wrong_codes` wrong codes, 1 to 100,
    /// each further one has to wait for a day.
    ///
    /// # Errors
    ///
    /// `wrong_codes` is out of bounds.
    pub const fn new(password: Backoff, wrong_codes: u32) -> Result<Self, BackoffError> {
        const SECOND: Duration = Duration::from_secs(1);
        const DAY: Duration = Duration::from_hours(24);
        const CONFIRMATIONS: u32 = Backoffs::CONFIRMATIONS;
        if wrong_codes == 0 || wrong_codes > Self::MOST {
            return Err(BackoffError::Stop);
        }
        // A stop would lock out an account that has no password, so the next guess waits for a day.
        let code = Backoff::new(wrong_codes - 1, DAY, DAY, Self::MOST);
        match (code, Backoff::new(CONFIRMATIONS, SECOND, SECOND, CONFIRMATIONS)) {
            (Ok(code), Ok(confirmation)) => Ok(Self { password, code, confirmation }),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}

/// 4 wrong passwords without a delay, then 1 s to 15 min, and 100 in all; 20 wrong codes.
impl Default for Backoffs {
    fn default() -> Self {
        const DEFAULT: Backoffs = {
            let (second, longest) = (Duration::from_secs(1), Duration::from_mins(15));
            match Backoff::new(4, second, longest, Backoffs::MOST) {
                Ok(password) => match Backoffs::new(password, Backoffs::WRONG_CODES) {
                    Ok(backoffs) => backoffs,
                    Err(_) => panic!("backoff is out of bounds"),
                },
                Err(_) => panic!("backoff is out of bounds"),
            }
        };
        DEFAULT
    }
}

/// What failed in a series of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesKind {
    /// Wrong passwords.
    Passwords,
    /// Wrong codes, over all codes and purposes.
    Codes,
}

/// State of a series of failures in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesState {
    /// What failed.
    pub kind: SeriesKind,
    /// Number of failures.
    pub failures: u32,
    /// Number of failures after which no attempt is allowed.
    pub stop: u32,
    /// Time until the next attempt is allowed; zero if it is allowed now.
    pub wait: Duration,
}

impl Failures {
    /// Counts in `store`, under keys that are digested with `subjects`.
    pub fn new(
        store: Arc<dyn FailureStore>,
        subjects: SubjectKey,
        backoffs: Backoffs,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, subjects, backoffs, clock }
    }

    /// Wrong passwords for `phone`: one series under each key of subjects.
    pub(crate) fn of_passwords(&self, phone: &PhoneNumber) -> Vec<Series> {
        series(self.subjects.password_failures(phone), self.backoffs.password)
    }

    /// Wrong codes for `phone`.
    pub(crate) fn of_codes(&self, phone: &PhoneNumber) -> Vec<Series> {
        series(self.subjects.code_failures(phone), self.backoffs.code)
    }

    /// Wrong proofs in `session`.
    pub(crate) fn of_confirmations(&self, session: SessionId) -> Vec<Series> {
        series(self.subjects.confirmation_failures(session), self.backoffs.confirmation)
    }

    /// Begins an attempt, which is counted as a failure until its outcome is known.
    pub(crate) async fn begin(&self, series: &[Series]) -> Result<Attempt, Denied> {
        match self.store.begin(series, self.clock.now()).await? {
            Permission::Go(attempt) => Ok(attempt),
            Permission::Blocked(block) => Err(block.into()),
        }
    }

    /// Refuses as [`begin`](Self::begin) would now, and counts nothing.
    pub(crate) async fn check(&self, series: &[Series]) -> Result<(), Denied> {
        let block = self.store.check(series, self.clock.now()).await?;
        block.map_or(Ok(()), |block| Err(block.into()))
    }

    /// Records that the attempt succeeded. A failure to do so is logged: the attempt then counts as a
    /// failed one.
    pub(crate) async fn succeed(&self, attempt: &Attempt) {
        if let Err(error) = self.store.succeed(attempt).await {
            error!(error = &error as &dyn Error, "success was not recorded");
        }
    }

    /// Records that the attempt was not decided by what the person sent.
    pub(crate) async fn forgive(&self, attempt: &Attempt) {
        if let Err(error) = self.store.forgive(attempt).await {
            error!(error = &error as &dyn Error, "failure was not subtracted");
        }
    }

    /// State of each series of a number.
    pub(crate) async fn read(&self, phone: &PhoneNumber) -> Result<Vec<SeriesState>, Denied> {
        let (now, kinds) = (self.clock.now(), [SeriesKind::Passwords, SeriesKind::Codes]);
        let backoffs = [self.backoffs.password, self.backoffs.code];
        let mut states = Vec::with_capacity(kinds.len());
        for ((kind, backoff), series) in
            kinds.into_iter().zip(backoffs).zip([self.of_passwords(phone), self.of_codes(phone)])
        {
            // A series under each key of subjects: the one that allows least decides.
            let keys: Vec<_> = series.iter().map(|series| series.key).collect();
            let tallies = self.store.read(&keys, now).await?.into_iter().flatten();
            let state = |tally: Tally| (tally.failures, tally.wait(&backoff, now));
            let (failures, wait) = tallies.map(state).max().unwrap_or_default();
            states.push(SeriesState { kind, failures, stop: backoff.stop(), wait });
        }
        Ok(states)
    }

    /// Ends all series of a number, for an operator who has to know whether that is done.
    pub(crate) async fn try_clear(&self, phone: &PhoneNumber) -> Result<(), Denied> {
        for key in self.keys(phone) {
            self.store.clear(&key).await?;
        }
        Ok(())
    }

    /// Ends all series of a number, after a success by other means.
    pub(crate) async fn clear(&self, phone: &PhoneNumber) {
        for key in self.keys(phone) {
            self.clear_one(&key).await;
        }
    }

    /// Ends the series of wrong passwords of a number, after a success by other means.
    pub(crate) async fn clear_passwords(&self, phone: &PhoneNumber) {
        for key in self.subjects.password_failures(phone) {
            self.clear_one(&key).await;
        }
    }

    /// Ends the series of wrong codes of a number, after a success by other means.
    pub(crate) async fn clear_codes(&self, phone: &PhoneNumber) {
        for key in self.subjects.code_failures(phone) {
            self.clear_one(&key).await;
        }
    }

    fn keys(&self, phone: &PhoneNumber) -> impl Iterator<Item = SeriesKey> {
        self.subjects.password_failures(phone).chain(self.subjects.code_failures(phone))
    }

    async fn clear_one(&self, key: &SeriesKey) {
        if let Err(error) = self.store.clear(key).await {
            error!(error = &error as &dyn Error, "failures were not cleared");
        }
    }
}

fn series(keys: impl Iterator<Item = SeriesKey>, backoff: Backoff) -> Vec<Series> {
    keys.map(|key| Series { key, backoff }).collect()
}

impl From<Block> for Denied {
    fn from(block: Block) -> Self {
        match block {
            Block::Wait(retry_after) => Self::TooSoon { retry_after },
            Block::Stopped => Self::Stopped,
        }
    }
}
