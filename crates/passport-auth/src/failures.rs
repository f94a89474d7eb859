use std::{error::Error, sync::Arc, time::Duration};

use passport_session::SessionId;
use passport_throttle::{Attempt, Backoff, Block, FailureStore, Permission, Series, SeriesKey};
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
#[derive(Debug, Clone, Copy)]
pub struct Backoffs {
    /// Of wrong passwords for a number.
    pub password: Backoff,
    /// Of wrong codes for a number, over all codes and purposes.
    pub code: Backoff,
    /// Of wrong proofs in one session.
    pub confirmation: Backoff,
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

    /// Wrong passwords for `phone`.
    pub(crate) fn of_passwords(&self, phone: &PhoneNumber) -> Series {
        Series { key: self.subjects.password_failures(phone), backoff: self.backoffs.password }
    }

    /// Wrong codes for `phone`.
    pub(crate) fn of_codes(&self, phone: &PhoneNumber) -> Series {
        Series { key: self.subjects.code_failures(phone), backoff: self.backoffs.code }
    }

    /// Wrong proofs in `session`.
    pub(crate) fn of_confirmations(&self, session: SessionId) -> Series {
        let key = self.subjects.confirmation_failures(session);
        Series { key, backoff: self.backoffs.confirmation }
    }

    /// Begins an attempt, which is counted as a failure until its outcome is known.
    pub(crate) async fn begin(&self, series: Series) -> Result<Attempt, Denied> {
        match self.store.begin(&[series], self.clock.now()).await? {
            Permission::Go(attempt) => Ok(attempt),
            Permission::Blocked(block) => Err(block.into()),
        }
    }

    /// Refuses as [`begin`](Self::begin) would now, and counts nothing.
    pub(crate) async fn check(&self, series: Series) -> Result<(), Denied> {
        let block = self.store.check(&[series], self.clock.now()).await?;
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
        let series = [self.of_passwords(phone), self.of_codes(phone)];
        let tallies = self.store.read(&series.map(|series| series.key), now).await?;
        let states = kinds.into_iter().zip(series).zip(tallies).map(|((kind, series), tally)| {
            let (failures, wait) = tally.map_or((0, Duration::ZERO), |tally| {
                (tally.failures, tally.wait(&series.backoff, now))
            });
            SeriesState { kind, failures, stop: series.backoff.stop(), wait }
        });
        Ok(states.collect())
    }

    /// Ends all series of a number, for an operator who has to know whether that is done.
    pub(crate) async fn try_clear(&self, phone: &PhoneNumber) -> Result<(), Denied> {
        let keys = [self.subjects.password_failures(phone), self.subjects.code_failures(phone)];
        for key in keys {
            self.store.clear(&key).await?;
        }
        Ok(())
    }

    /// Ends all series of a number, after a success by other means.
    pub(crate) async fn clear(&self, phone: &PhoneNumber) {
        let keys = [self.subjects.password_failures(phone), self.subjects.code_failures(phone)];
        for key in keys {
            self.clear_one(&key).await;
        }
    }

    /// Ends the series of wrong passwords of a number, after a success by other means.
    pub(crate) async fn clear_passwords(&self, phone: &PhoneNumber) {
        self.clear_one(&self.subjects.password_failures(phone)).await;
    }

    /// Ends the series of wrong codes of a number, after a success by other means.
    pub(crate) async fn clear_codes(&self, phone: &PhoneNumber) {
        self.clear_one(&self.subjects.code_failures(phone)).await;
    }

    async fn clear_one(&self, key: &SeriesKey) {
        if let Err(error) = self.store.clear(key).await {
            error!(error = &error as &dyn Error, "failures were not cleared");
        }
    }
}

impl From<Block> for Denied {
    fn from(block: Block) -> Self {
        match block {
            Block::Wait(retry_after) => Self::TooSoon { retry_after },
            Block::Stopped => Self::Stopped,
        }
    }
}
