//! Keys of the issuer, kept for a time and renewed.

#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{FetchError, FetchKeys, KeySet, PublicKey};

/// Time for which keys are kept if the service says none, and bounds of what it says.
const DEFAULT_AGE: Duration = Duration::from_mins(5);
const MIN_AGE: Duration = Duration::from_secs(10);
const MAX_AGE: Duration = Duration::from_hours(1);
/// Time for one fetch.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Time after a successful fetch within which an unknown key causes no other one. So tokens with
/// invented key ids cause at most six requests a minute.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// Longest time between attempts after failures; the first time is a second.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// Keys of one issuer, shared by all requests.
#[derive(Debug)]
pub(crate) struct KeyCache {
    source: Arc<dyn FetchKeys>,
    /// Time after their age within which keys are used while the service does not answer.
    stale_for: Duration,
    state: RwLock<State>,
    /// Held during a fetch.
    flight: Mutex<()>,
    is_renewing: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    kept: Option<Kept>,
    last: Option<Attempt>,
}

#[derive(Clone)]
struct Kept {
    keys: Arc<KeySet>,
    since: Instant,
    age: Duration,
}

#[derive(Debug, Clone)]
struct Attempt {
    at: Instant,
    /// Number of failures in a row, and the last one.
    failures: u32,
    error: Option<FetchError>,
}

/// Why there is no key.
#[derive(Debug)]
pub(crate) enum Missing {
    /// The issuer has no such key.
    Unknown,
    /// The issuer could not be asked.
    Unavailable(FetchError),
}

impl KeyCache {
    pub(crate) fn new(source: Arc<dyn FetchKeys>, stale_for: Duration) -> Self {
        Self {
            source,
            stale_for,
            state: RwLock::default(),
            flight: Mutex::default(),
            is_renewing: AtomicBool::new(false),
        }
    }

    /// The key of this id. Waits for the service only if there are no keys that can be used, or none of
    /// this id.
    pub(crate) async fn key(self: &Arc<Self>, id: &str) -> Result<PublicKey, Missing> {
        if let Some(kept) = self.usable() {
            if kept.since.elapsed() >= kept.age {
                self.renew_behind();
            }
            if let Some(key) = kept.keys.get(id) {
                return Ok(key.clone());
            }
        }
        self.renew().await;
        let failure = || self.read(|state| state.last.as_ref()?.error.clone());
        let Some(kept) = self.usable() else {
            let none = || FetchError::new("no keys were fetched yet");
            return Err(Missing::Unavailable(failure().unwrap_or_else(none)));
        };
        match kept.keys.get(id) {
            Some(key) => Ok(key.clone()),
            // A key that was published while the service cannot be asked is not known as unknown.
            None => Err(failure().map_or(Missing::Unknown, Missing::Unavailable)),
        }
    }

    /// Fetches the keys, unless a fetch ended a short time ago. Calls that come together share one fetch.
    pub(crate) async fn renew(self: &Arc<Self>) {
        let asked = Instant::now();
        // Without a fetch under way there is nothing to wait for.
        let is_idle = self.flight.try_lock().is_ok();
        if is_idle && !self.may_attempt() {
            return;
        }
        let this = Arc::clone(self);
        // In a task of its own, so that a caller that leaves does not end the fetch of the others.
        let task = tokio::spawn(async move {
            let _flight = this.flight.lock().await;
            let is_done = this.read(|state| state.last.as_ref().is_some_and(|it| it.at >= asked));
            if !is_done && this.may_attempt() {
                this.fetch().await;
            }
        });
        _ = task.await;
    }

    /// Renews the keys in the background.
    fn renew_behind(self: &Arc<Self>) {
        if !self.may_attempt() || self.is_renewing.swap(true, Ordering::AcqRel) {
            return;
        }
        let this = Arc::clone(self);
        tokio::spawn(async move {
            this.renew().await;
            this.is_renewing.store(false, Ordering::Release);
        });
    }

    async fn fetch(&self) {
        let fetched = timeout(TIMEOUT, self.source.fetch()).await;
        let fetched = fetched
            .unwrap_or_else(|_| Err(FetchError::new("no answer within 5 seconds")))
            .and_then(|it| Ok((KeySet::from_json(&it.json).map_err(FetchError::new)?, it.max_age)));
        let at = Instant::now();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok((keys, age)) => {
                let age = age.unwrap_or(DEFAULT_AGE).clamp(MIN_AGE, MAX_AGE);
                state.kept = Some(Kept { keys: Arc::new(keys), since: at, age });
                state.last = Some(Attempt { at, failures: 0, error: None });
            }
            Err(error) => {
                let failures = state.last.as_ref().map_or(0, |last| last.failures) + 1;
                state.last = Some(Attempt { at, failures, error: Some(error) });
            }
        }
    }

    /// The keys, unless they are older than is accepted.
    fn usable(&self) -> Option<Kept> {
        let kept = self.read(|state| state.kept.clone())?;
        (kept.since.elapsed() < kept.age + self.stale_for).then_some(kept)
    }

    fn may_attempt(&self) -> bool {
        self.read(|state| state.last.as_ref().is_none_or(|last| last.at.elapsed() >= last.pause()))
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Attempt {
    /// Time after the attempt within which there is no other one.
    fn pause(&self) -> Duration {
        match self.failures {
            0 => MIN_INTERVAL,
            failures => Duration::from_secs(1 << (failures - 1).min(5)).min(MAX_BACKOFF),
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("keys", &self.keys.len())
            .field("age", &self.age)
            .finish_non_exhaustive()
    }
}
