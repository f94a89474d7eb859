use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rand::rng;
use time::Duration;
use tokio::sync::oneshot;

pub(crate) use kept::Drawn;

use super::{ChallengeKey, Difficulty, Ticket};
use crate::{BoxError, Busy, ChallengeRenderer, Clock, Slot, Workers};
use kept::{Kept, Waiting};

mod kept;

/// How long a picture may lie in stock: as long as looks stay at least.
const FRESH: Duration = Duration::minutes(10);

/// How many pictures one thread draws before it wakes those who wait for them. Waking somebody on a
/// busy core is two changes of thread; so many pictures are a matter of a millisecond.
const WOKEN_AT_ONCE: usize = 8;

/// Pictures drawn before anybody asks, so that nobody waits for one.
///
/// Each is given to one taker. As soon as half of them are gone, the stock is filled again on the
/// workers; while nobody takes any, nothing runs. Where it is empty, pictures are drawn for those who
/// wait, in the order in which they came, before any are drawn for the stock.
#[derive(Clone)]
pub struct PictureStock(Arc<Shared>);

struct Shared {
    renderer: Arc<dyn ChallengeRenderer>,
    key: ChallengeKey,
    workers: Workers,
    clock: Arc<dyn Clock>,
    capacity: usize,
    kept: Mutex<Kept>,
    is_refilling: AtomicBool,
}

/// A picture of the stock, or a place in the queue to have one drawn.
#[derive(Debug)]
pub(crate) enum Reserved {
    Drawn(Drawn),
    Place(Difficulty, Slot),
}

impl PictureStock {
    /// Begins to draw `capacity` pictures, and never keeps more; with 0 all are drawn on demand.
    pub fn new(
        renderer: Arc<dyn ChallengeRenderer>,
        key: ChallengeKey,
        workers: Workers,
        clock: Arc<dyn Clock>,
        capacity: usize,
    ) -> Self {
        let (kept, is_refilling) = (Mutex::default(), AtomicBool::new(false));
        let stock =
            Self(Arc::new(Shared { renderer, key, workers, clock, capacity, kept, is_refilling }));
        stock.0.refill();
        stock
    }

    /// What draws the pictures.
    pub(crate) fn renderer(&self) -> &dyn ChallengeRenderer {
        &*self.0.renderer
    }

    /// What the pictures are made with.
    pub(crate) fn key(&self) -> &ChallengeKey {
        &self.0.key
    }

    /// Makes sure of a picture. Those that were drawn for other times, or ten minutes ago, are thrown
    /// away.
    pub(crate) fn reserve(&self, difficulty: Difficulty) -> Result<Reserved, Busy> {
        let drawn = self.0.kept().pop(difficulty, self.0.clock.now() - FRESH);
        match drawn {
            Some(drawn) => Ok(Reserved::Drawn(drawn)),
            None => Ok(Reserved::Place(difficulty, self.0.workers.reserve()?)),
        }
    }

    /// Takes back what is not needed after all: it comes next, for nobody has seen it.
    pub(crate) fn give_back(&self, reserved: Reserved) {
        if let Reserved::Drawn(drawn) = reserved {
            self.0.kept().push_next(drawn, self.0.capacity);
        }
    }

    /// Takes the picture that was reserved.
    ///
    /// When the caller stops waiting before it is drawn, it is not drawn at all.
    pub(crate) async fn take(&self, reserved: Reserved) -> Result<Drawn, BoxError> {
        match reserved {
            Reserved::Drawn(drawn) => {
                self.0.refill();
                Ok(drawn)
            }
            Reserved::Place(difficulty, slot) => {
                let (sender, receiver) = oneshot::channel();
                let waiting = Waiting::new(difficulty, slot, sender);
                let job = self.0.kept().wait(waiting, self.0.workers.threads());
                self.0.begin(job);
                receiver.await?
            }
        }
    }
}

impl Shared {
    /// Has the stock filled, unless that is under way, more than half of it is there, or people wait.
    fn refill(self: &Arc<Self>) {
        if !self.kept().is_low(self.capacity) || self.is_refilling.swap(true, Ordering::AcqRel) {
            return;
        }
        let refill = Refill(Arc::clone(self));
        // Where there is no room, the next taker asks again.
        if let Ok(slot) = self.workers.reserve() {
            slot.spawn(move || refill.run());
        }
    }

    /// Has pictures drawn for those who wait, in that place of the workers' queue.
    fn begin(self: &Arc<Self>, job: Option<Slot>) {
        if let Some(slot) = job {
            let shared = Arc::clone(self);
            slot.spawn(move || shared.serve());
        }
    }

    /// Draws for those who wait longest. For the others there is another job behind what else is
    /// queued, so that nothing starves.
    fn serve(self: &Arc<Self>) {
        let threads = self.workers.threads();
        let waiting = self.kept().next_waiting(threads, WOKEN_AT_ONCE);
        let wanted = waiting.into_iter().filter(|it| !it.sender.is_closed());
        let outcomes: Vec<_> =
            wanted.map(|it| (it.sender, self.draw_or_fail(it.difficulty))).collect();
        for (sender, outcome) in outcomes {
            if let Err(Ok(drawn)) = sender.send(outcome) {
                self.kept().push_next(drawn, self.capacity);
            }
        }
        let job = self.kept().end_job(threads);
        self.begin(job);
        self.refill();
    }

    /// So that a panic is the failure of one picture, and not of those that are drawn with it.
    fn draw_or_fail(&self, difficulty: Difficulty) -> Result<Drawn, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.draw(difficulty)))
            .unwrap_or_else(|_| Err("drawing panicked".into()))
    }

    fn draw(&self, difficulty: Difficulty) -> Result<Drawn, BoxError> {
        let ticket = Ticket::generate(difficulty, self.clock.now(), &mut rng());
        let seed = self.key.seed(ticket);
        let (answer, picture) = (self.renderer.answer(&seed), self.renderer.draw(&seed)?);
        Ok(Drawn { ticket, answer, picture })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one refill that is under way.
struct Refill(Arc<Shared>);

impl Refill {
    fn run(self) {
        // What cannot be drawn is told to whoever asks for it next.
        while let Some(difficulty) = self.missing()
            && let Ok(drawn) = self.0.draw(difficulty)
        {
            self.0.kept().push(drawn, self.0.capacity);
        }
    }

    fn missing(&self) -> Option<Difficulty> {
        self.0.kept().missing(self.0.capacity)
    }
}

/// Also when drawing panicked, or the workers ended before they came to it.
impl Drop for Refill {
    fn drop(&mut self) {
        self.0.is_refilling.store(false, Ordering::Release);
    }
}

impl fmt::Debug for PictureStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PictureStock").field("capacity", &self.0.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
