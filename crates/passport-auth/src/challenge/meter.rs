//! Counts of challenges, in a fixed amount of memory.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hash},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use passport_throttle::{Policy, Quota, Refusal};
use time::OffsetDateTime;

use crate::{ClientAddress, Denied, policies};

/// Limits the challenges of each client and of the networks around it.
///
/// Anonymous clients can ask for any number of challenges, so a count for each client would be
/// memory that they fill. The counts share a table of fixed size instead. They are of this process
/// and not of all nodes, because a challenge costs nothing but the time of the process that draws
/// it.
///
/// Clones share their counts.
#[derive(Debug, Clone)]
pub struct ChallengeMeter(Arc<Meters>);

#[derive(Debug)]
struct Meters {
    issued: Meter,
    fetched: Meter,
    spoken: Meter,
    stored: Meter,
    wrong: Meter,
}

/// Challenges that a store may keep at a time, and challenges that are spoken in their lifetime:
/// some 5 MB of a store.
const MOST_STORED: u32 = 16_384;
/// Wrong answers of all clients in an hour, each of which leaves some hundred bytes in a store: more than
/// half a million visitors give in that time.
const MOST_WRONG: u32 = Quota::MAX_LIMIT;

impl ChallengeMeter {
    /// Allows each client `per_client` challenges and, counted separately, as many fetches.
    /// Challenges live for `ttl`.
    pub fn new(per_client: Quota, ttl: Duration) -> Self {
        let within_ttl = |limit| Quota::new(limit, ttl).unwrap_or(per_client);
        let (share, total) = (within_ttl(per_client.limit().get()), Some(within_ttl(MOST_STORED)));
        Self(Arc::new(Meters {
            issued: Meter::new(policies::CHALLENGES, Some(per_client), None),
            fetched: Meter::new(policies::CHALLENGE_FETCHES, Some(per_client), None),
            spoken: Meter::new(policies::CHALLENGE_FETCHES, Some(share), total),
            stored: Meter::new(policies::CHALLENGES, Some(share), total),
            wrong: Meter::new(
                policies::WRONG_ANSWERS_IN_ALL,
                None,
                Quota::new(MOST_WRONG, Duration::from_hours(1)).ok(),
            ),
        }))
    }

    /// Counts a challenge for `client`.
    pub(crate) fn issue(&self, client: ClientAddress, now: OffsetDateTime) -> Result<(), Denied> {
        self.0.issued.hit(client, now).map_err(Denied::TooMany)
    }

    /// Counts a picture or a sound that `client` fetches.
    pub(crate) fn fetch(&self, client: ClientAddress, now: OffsetDateTime) -> Result<(), Denied> {
        self.0.fetched.hit(client, now).map_err(Denied::TooMany)
    }

    /// Counts a challenge that is spoken for the first time, which leaves a mark in a store.
    pub(crate) fn speak(&self, client: ClientAddress, now: OffsetDateTime) -> Result<(), Denied> {
        self.0.spoken.hit(client, now).map_err(Denied::TooMany)
    }

    /// Counts a wrong answer of any client.
    pub(super) fn fail(&self, client: ClientAddress, now: OffsetDateTime) -> Result<(), Denied> {
        self.0.wrong.hit(client, now).map_err(Denied::TooMany)
    }

    /// Uncounts an answer that was not wrong.
    pub(super) fn unfail(&self, client: ClientAddress) {
        self.0.wrong.uncount(client);
    }

    /// Whether a store may keep a further challenge of `client`. If so, it is counted.
    pub(super) fn store(&self, client: ClientAddress, now: OffsetDateTime) -> bool {
        self.0.stored.hit(client, now).is_ok()
    }

    /// Uncounts a challenge of `client` that a store kept.
    pub(super) fn unstore(&self, client: ClientAddress) {
        self.0.stored.uncount(client);
    }
}

/// Cells for each count. A client is refused only if all of its cells are full, so clients that
/// share one cell with a busy client are not.
const ROWS: usize = 2;
/// Cells of a row. More clients in a window than this share cells.
const COLUMNS: usize = 1 << 15;
/// A client, and at most two networks around it.
const LEVELS: usize = 3;

/// One limit. The memory is that of the table, 1.5 MB, which is used as clients come.
///
/// The window of a count begins with its first hit and not with each hit, so that a count needs one
/// cell. Within a window's length from any moment on there are at most twice as many hits as the
/// limit.
#[derive(Debug)]
struct Meter {
    policy: Policy,
    per_client: Option<Quota>,
    total: Option<Quota>,
    cells: Mutex<Vec<Cell>>,
    /// Random, because otherwise an attacker could search for addresses that share cells.
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    /// Milliseconds, modulo 2^32.
    start: u32,
    hits: u32,
}

/// A count, and the places of its cells. A single cell has its place twice.
struct Count {
    places: [usize; ROWS],
    quota: Quota,
}

impl Meter {
    /// Allows `per_client` for each client, multiples for networks, and `total` for all.
    fn new(policy: Policy, per_client: Option<Quota>, total: Option<Quota>) -> Self {
        // Zeroed memory, which takes no room until it is written.
        let cells = vec![Cell::default(); LEVELS * ROWS * COLUMNS + 1];
        Self { policy, per_client, total, cells: Mutex::new(cells), hasher: RandomState::new() }
    }

    /// Counts a hit of `client`, or nothing if one of its counts is full.
    fn hit(&self, client: ClientAddress, now: OffsetDateTime) -> Result<(), Refusal> {
        let (counts, now) = (self.counts(client), milliseconds(now));
        let mut cells = self.cells();
        let waits = counts.iter().filter_map(|count| {
            let wait = count.places.map(|place| cells[place].wait(count.quota, now));
            Some((wait.into_iter().min()??, count.quota))
        });
        if let Some((retry_after, quota)) = waits.max_by_key(|(wait, _)| *wait) {
            return Err(Refusal { policy: self.policy, quota, retry_after });
        }
        for Count { places: [first, second], quota } in counts {
            cells[first].count(quota, now);
            if second != first {
                cells[second].count(quota, now);
            }
        }
        Ok(())
    }

    fn uncount(&self, client: ClientAddress) {
        let counts = self.counts(client);
        let mut cells = self.cells();
        for Count { places: [first, second], .. } in counts {
            cells[first].uncount();
            if second != first {
                cells[second].uncount();
            }
        }
    }

    fn counts(&self, client: ClientAddress) -> Vec<Count> {
        let each = self.per_client.into_iter().flat_map(|quota| {
            let own = Count { places: self.places(0, client), quota };
            let networks = client.networks().zip(1..).map(move |((network, clients), level)| {
                Count { places: self.places(level, network), quota: quota.widened(clients) }
            });
            [own].into_iter().chain(networks)
        });
        let last = LEVELS * ROWS * COLUMNS;
        let all = self.total.map(|quota| Count { places: [last; ROWS], quota });
        each.chain(all).collect()
    }

    fn places(&self, level: usize, subject: impl Hash) -> [usize; ROWS] {
        let hash = self.hasher.hash_one(subject);
        let [a, b, c, d, ..] = hash.to_le_bytes();
        let columns = [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])];
        [0, 1].map(|row| (level * ROWS + row) * COLUMNS + usize::from(columns[row]) % COLUMNS)
    }

    fn cells(&self) -> MutexGuard<'_, Vec<Cell>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cell {
    /// Time until the cell has room.
    fn wait(self, quota: Quota, now: u32) -> Option<Duration> {
        let window = window(quota);
        let age = self.age(window, now);
        let is_full = age < window && self.hits >= quota.limit().get();
        is_full.then(|| Duration::from_millis((window - age).into()))
    }

    fn count(&mut self, quota: Quota, now: u32) {
        let window = window(quota);
        if self.hits == 0 || self.age(window, now) >= window {
            *self = Self { start: now, hits: 0 };
        }
        self.hits = self.hits.saturating_add(1);
    }

    fn uncount(&mut self) {
        self.hits = self.hits.saturating_sub(1);
    }

    /// Time since the start. A start in the future is that of a request that was overtaken, unless
    /// it lies a window or more ahead: then the clock was set back, and the age is that of an old
    /// cell.
    fn age(self, window: u32, now: u32) -> u32 {
        let ahead = self.start.wrapping_sub(now);
        if ahead < window { 0 } else { now.wrapping_sub(self.start) }
    }
}

fn window(quota: Quota) -> u32 {
    u32::try_from(quota.window().as_millis()).unwrap_or(u32::MAX)
}

fn milliseconds(now: OffsetDateTime) -> u32 {
    let all = now.unix_timestamp_nanos().div_euclid(1_000_000).rem_euclid(1 << 32);
    u32::try_from(all).unwrap_or_default()
}

#[cfg(test)]
mod tests;
