use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use crate::{Busy, ClientAddress, Workers, shares::Counts};
use line::Line;
use recent::RecentTurns;
use room::WaitingRoom;

pub use party::{Account, Party};

mod line;
mod party;
mod recent;
mod room;

/// Most places of one client, and of one account, waiting for a thread or running.
const PLACES_EACH: usize = 2;

/// Longest time in which a caller waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// Queue for threads, shared fairly between clients and between accounts.
///
/// Hashing a password is the most expensive act that a stranger can cause: a few addresses with a
/// single account could keep every thread busy. Therefore:
///
/// - A client has two places at a time, and so has an account. Further callers of the same client or
///   account wait for a place, at most 32 of a client and at most 10 s: many people behind one address
///   take turns and are not refused.
/// - The party that was served least in the last minute, counting the turns of its client and of its
///   account, is served next. Every third turn is for the caller that has waited longest.
/// - Parties that were served in the last minute, or have a place, may take half of the places, so a
///   flood leaves room for newcomers.
/// - If all places are taken, the result is [`Busy`], immediately.
///
/// Numbers without an account are treated like all others. The queue is local to the process; clones
/// share it.
#[derive(Clone)]
pub struct FairQueue(Arc<Shared>);

struct Shared {
    workers: Workers,
    places: usize,
    state: Mutex<State>,
}

struct State {
    places: usize,
    /// Places of parties that are no newcomers.
    of_others: usize,
    clients: Counts<ClientAddress>,
    accounts: Counts<Account>,
    room: WaitingRoom<Place>,
    line: Line<Turn>,
    running: usize,
    recent: RecentTurns,
}

/// Outcome of a request for a place.
enum Admission {
    /// There is a place for a party of this rank.
    Enter(Rank),
    /// The client, the account, or parties that are no newcomers have no place left.
    Wait,
    /// Every place is taken.
    Full,
}

/// How much a party was served in the last minute, and the places that it has. The lowest is served
/// first; a newcomer has 0.
type Rank = usize;

impl FairQueue {
    /// Shares `workers`, which has no other user, with `waiting` places beyond the number of threads.
    pub fn new(workers: Workers, waiting: NonZeroUsize) -> Self {
        let places = workers.threads().saturating_add(waiting.get());
        let state = State {
            places: 0,
            of_others: 0,
            clients: Counts::new(PLACES_EACH),
            accounts: Counts::new(PLACES_EACH),
            room: WaitingRoom::default(),
            line: Line::default(),
            running: 0,
            recent: RecentTurns::default(),
        };
        Self(Arc::new(Shared { workers, places, state: Mutex::new(state) }))
    }

    /// Takes a place for `party`, and waits for it if the client or the account has two already.
    ///
    /// # Errors
    ///
    /// If all places are taken, or too many callers wait, or the wait took too long.
    pub async fn enter(&self, party: Party) -> Result<Place, Busy> {
        let (seat, receiver) = {
            let mut state = self.0.lock();
            match state.admission(&party, self.0.places) {
                Admission::Enter(rank) => {
                    state.admit(&party, rank);
                    drop(state);
                    return Ok(self.0.place(party, rank));
                }
                Admission::Full => return Err(Busy),
                Admission::Wait => state.room.wait(party).ok_or(Busy)?,
            }
        };
        let _seat = Seat { shared: Arc::clone(&self.0), number: seat };
        match timeout(PATIENCE, receiver).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
    }
}

/// How busy a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLoad {
    /// Threads that work.
    pub busy: usize,
    /// Callers that wait for a thread, or for a place in front of one.
    pub waiting: usize,
}

impl FairQueue {
    /// How busy the queue is now.
    pub fn load(&self) -> QueueLoad {
        let state = self.0.lock();
        let in_line = state.places.saturating_sub(state.running);
        QueueLoad { busy: state.running, waiting: in_line + state.room.len() }
    }
}

impl State {
    fn admission(&mut self, party: &Party, places: usize) -> Admission {
        if !self.clients.has_room(&party.client) || !self.accounts.has_room(&party.account) {
            return Admission::Wait;
        }
        if self.places >= places {
            return Admission::Full;
        }
        let rank = self.clients.of(&party.client)
            + self.accounts.of(&party.account)
            + self.recent.of(party, Instant::now());
        if rank > 0 && self.of_others >= places.div_ceil(2) {
            return Admission::Wait;
        }
        Admission::Enter(rank)
    }

    fn admit(&mut self, party: &Party, rank: Rank) {
        self.places += 1;
        self.of_others += usize::from(rank > 0);
        self.clients.add(party.client);
        self.accounts.add(party.account.clone());
    }

    fn release(&mut self, party: &Party, rank: Rank) {
        self.places -= 1;
        self.of_others -= usize::from(rank > 0);
        self.clients.remove(&party.client);
        self.accounts.remove(&party.account);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(self: &Arc<Self>, party: Party, rank: Rank) -> Place {
        Place(Arc::new(Held { shared: Arc::clone(self), party, rank }))
    }

    /// Gives free places to waiting callers.
    fn call_waiting(self: &Arc<Self>) {
        while let Some((caller, place)) = self.next_of_room() {
            // If the caller has left, the place is dropped, and with it free again.
            let _ = caller.send(place);
        }
    }

    /// The caller of the lowest rank that may enter, with a place for it.
    fn next_of_room(self: &Arc<Self>) -> Option<(oneshot::Sender<Place>, Place)> {
        let mut state = self.lock();
        let mut room = std::mem::take(&mut state.room);
        let next = room.call(|party| match state.admission(party, self.places) {
            Admission::Enter(rank) => Some(rank),
            Admission::Wait | Admission::Full => None,
        });
        state.room = room;
        let (rank, party, caller) = next?;
        state.admit(&party, rank);
        Some((caller, self.place(party, rank)))
    }

    /// Ends a turn on a thread, and begins the next one.
    fn end_turn(self: &Arc<Self>) {
        let next = {
            let mut state = self.lock();
            let next = state.line.next();
            state.running -= usize::from(next.is_none());
            next
        };
        if let Some(caller) = next {
            // If the caller has left, the turn is dropped, and the next one begins.
            let _ = caller.send(Turn(Arc::clone(self)));
        }
    }
}

/// A place in a [`FairQueue`], which is free again when dropped and no work of it is running.
#[derive(Debug)]
pub struct Place(Arc<Held>);

struct Held {
    shared: Arc<Shared>,
    party: Party,
    rank: Rank,
}

impl Place {
    /// Waits for a thread, runs `work` on it, and waits for its result.
    ///
    /// If the caller stops waiting before the work has begun, the work is skipped.
    ///
    /// # Panics
    ///
    /// If `work` panics.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let turn = self.turn().await;
        let slot = self.0.shared.workers.wait().await;
        // The turn ends with the work, even if the caller stops waiting.
        let held = (turn, Arc::clone(&self.0));
        slot.run(move || {
            let result = work();
            drop(held);
            result
        })
        .await
    }

    async fn turn(&self) -> Turn {
        let Held { shared, party, rank } = &*self.0;
        let receiver = {
            let mut state = shared.lock();
            state.recent.record(party.clone(), Instant::now());
            if state.running < shared.workers.threads() {
                state.running += 1;
                return Turn(Arc::clone(shared));
            }
            state.line.wait(*rank)
        };
        match receiver.await {
            Ok(turn) => turn,
            Err(_) => unreachable!("each waiting caller is called"),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shared.lock().release(&self.party, self.rank);
        self.shared.call_waiting();
    }
}

/// The use of a thread.
struct Turn(Arc<Shared>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.end_turn();
    }
}

/// A seat in the waiting room.
struct Seat {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.shared.lock().room.leave(self.number);
    }
}

impl fmt::Debug for FairQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FairQueue").field("places", &self.0.places).finish_non_exhaustive()
    }
}

/// Omits the number of the account.
impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("rank", &self.rank).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
