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
    drawn: Mutex<VecDeque<Drawn>>,
    is_refilling: AtomicBool,
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
        let (drawn, is_refilling) = (Mutex::default(), AtomicBool::new(false));
        let stock =
            Self(Arc::new(Shared { renderer, key, workers, capacity, drawn, is_refilling }));
        stock.refill(Difficulty::Usual);
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
            let mut kept = self.0.drawn();
            kept.retain(|drawn| drawn.ticket.difficulty() == difficulty);
            kept.pop_front()
        };
        match kept {
            Some(drawn) => Ok(Reserved::Drawn(drawn)),
            None => Ok(Reserved::Place(difficulty, self.0.workers.reserve()?)),
        }
    }

    /// Takes back what is not needed after all: it comes next, for nobody has seen it.
    pub(crate) fn give_back(&self, reserved: Reserved) {
        if let Reserved::Drawn(drawn) = reserved {
            let mut kept = self.0.drawn();
            if kept.len() < self.0.capacity {
                kept.push_front(drawn);
            }
        }
    }

    /// Takes the picture that was reserved.
    pub(crate) async fn take(&self, reserved: Reserved) -> Result<Drawn, BoxError> {
        match reserved {
            Reserved::Drawn(drawn) => {
                self.refill(drawn.ticket.difficulty());
                Ok(drawn)
            }
            Reserved::Place(difficulty, slot) => {
                self.refill(difficulty);
                let shared = Arc::clone(&self.0);
                slot.run(move || shared.draw(difficulty)).await
            }
        }
    }

    /// Has the stock filled, unless that is under way or more than half of it is there.
    fn refill(&self, difficulty: Difficulty) {
        if self.0.drawn().len() * 2 > self.0.capacity || self.0.capacity == 0 {
            return;
        }
        if self.0.is_refilling.swap(true, Ordering::AcqRel) {
            return;
        }
        let refill = Refill { stock: Arc::clone(&self.0), difficulty };
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

    fn drawn(&self) -> MutexGuard<'_, VecDeque<Drawn>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one refill that is under way.
struct Refill {
    stock: Arc<Shared>,
    difficulty: Difficulty,
}

impl Refill {
    fn run(self) {
        // What cannot be drawn is told to whoever asks for it next.
        while self.has_room()
            && let Ok(drawn) = self.stock.draw(self.difficulty)
        {
            let mut kept = self.stock.drawn();
            // Something may have been given back meanwhile.
            if kept.len() < self.stock.capacity {
                kept.push_back(drawn);
            }
        }
    }

    fn has_room(&self) -> bool {
        self.stock.drawn().len() < self.stock.capacity
    }
}

/// Also when drawing panicked, or the workers ended before they came to it.
impl Drop for Refill {
    fn drop(&mut self) {
        self.stock.is_refilling.store(false, Ordering::Release);
    }
}

impl fmt::Debug for PictureStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PictureStock").field("capacity", &self.0.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
