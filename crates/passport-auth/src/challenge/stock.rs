use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use passport_codes::Code;
use rand::rng;

use super::{ChallengeKey, Difficulty, Ticket};
use crate::{BoxError, Busy, ChallengeRenderer, Picture, Slot, Workers};

/// Pictures drawn before anybody asks, so that nobody waits for one.
///
/// Each is given to one taker. As soon as half of them are gone, the stock is filled again on the
/// workers; while nobody takes any, nothing runs. Where it is empty, a picture is drawn on demand.
#[derive(Clone)]
pub struct PictureStock(Arc<Shared>);

struct Shared {
    renderer: Arc<dyn ChallengeRenderer>,
    key: ChallengeKey,
    workers: Workers,
    capacity: usize,
    kept: Mutex<Kept>,
    is_refilling: AtomicBool,
}

/// What lies ready: pictures of one difficulty, which is the one that was asked for last.
#[derive(Debug, Default)]
struct Kept {
    difficulty: Difficulty,
    drawn: VecDeque<Drawn>,
}

/// A challenge that nobody has seen yet.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) ticket: Ticket,
    pub(crate) answer: Code,
    pub(crate) picture: Picture,
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
        capacity: usize,
    ) -> Self {
        let (kept, is_refilling) = (Mutex::default(), AtomicBool::new(false));
        let stock = Self(Arc::new(Shared { renderer, key, workers, capacity, kept, is_refilling }));
        stock.refill();
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

    /// Makes sure of a picture. Those that were drawn for other times are thrown away.
    pub(crate) fn reserve(&self, difficulty: Difficulty) -> Result<Reserved, Busy> {
        let kept = {
            let mut kept = self.0.kept();
            if kept.difficulty != difficulty {
                *kept = Kept { difficulty, ..Kept::default() };
            }
            kept.drawn.pop_front()
        };
        match kept {
            Some(drawn) => Ok(Reserved::Drawn(drawn)),
            None => Ok(Reserved::Place(difficulty, self.0.workers.reserve()?)),
        }
    }

    /// Takes back what is not needed after all: it comes next, for nobody has seen it.
    pub(crate) fn give_back(&self, reserved: Reserved) {
        if let Reserved::Drawn(drawn) = reserved {
            let mut kept = self.0.kept();
            if kept.takes(&drawn, self.0.capacity) {
                kept.drawn.push_front(drawn);
            }
        }
    }

    /// Takes the picture that was reserved.
    pub(crate) async fn take(&self, reserved: Reserved) -> Result<Drawn, BoxError> {
        match reserved {
            Reserved::Drawn(drawn) => {
                self.refill();
                Ok(drawn)
            }
            Reserved::Place(difficulty, slot) => {
                self.refill();
                let shared = Arc::clone(&self.0);
                slot.run(move || shared.draw(difficulty)).await
            }
        }
    }

    /// Has the stock filled, unless that is under way or more than half of it is there.
    fn refill(&self) {
        if self.0.kept().drawn.len() * 2 > self.0.capacity || self.0.capacity == 0 {
            return;
        }
        if self.0.is_refilling.swap(true, Ordering::AcqRel) {
            return;
        }
        let refill = Refill(Arc::clone(&self.0));
        // Where there is no room, people wait for pictures of their own: theirs go first, and the
        // next taker asks again.
        if let Ok(slot) = self.0.workers.reserve() {
            slot.spawn(move || refill.run());
        }
    }
}

impl Shared {
    fn draw(&self, difficulty: Difficulty) -> Result<Drawn, BoxError> {
        let ticket = Ticket::generate(difficulty, &mut rng());
        let seed = self.key.seed(ticket);
        let (answer, picture) = (self.renderer.answer(&seed), self.renderer.draw(&seed)?);
        Ok(Drawn { ticket, answer, picture })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Whether it may come to the others: times may have changed while it was drawn.
    fn takes(&self, drawn: &Drawn, capacity: usize) -> bool {
        self.drawn.len() < capacity && drawn.ticket.difficulty() == self.difficulty
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
            let mut kept = self.0.kept();
            // Something may have been given back meanwhile.
            if kept.takes(&drawn, self.0.capacity) {
                kept.drawn.push_back(drawn);
            }
        }
    }

    /// What is wanted, if there is room.
    fn missing(&self) -> Option<Difficulty> {
        let kept = self.0.kept();
        (kept.drawn.len() < self.0.capacity).then_some(kept.difficulty)
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
