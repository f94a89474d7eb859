use std::collections::VecDeque;

use passport_codes::Code;
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::super::{Difficulty, Ticket};
use crate::{BoxError, Picture, Slot};

/// A drawn challenge that has not been shown.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) ticket: Ticket,
    pub(crate) answer: Code,
    pub(crate) picture: Picture,
}

/// A request that waits for its picture.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) difficulty: Difficulty,
    pub(super) sender: oneshot::Sender<Result<Drawn, BoxError>>,
    /// Slot in the workers' queue, until a job takes it. The number of waiters is therefore bounded by
    /// the length of the queue.
    slot: Option<Slot>,
}

impl Waiter {
    pub(super) fn new(
        difficulty: Difficulty,
        slot: Slot,
        sender: oneshot::Sender<Result<Drawn, BoxError>>,
    ) -> Self {
        Self { difficulty, sender, slot: Some(slot) }
    }
}

/// Pictures in stock, all of the difficulty that was requested last, and the queue of waiters.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    difficulty: Difficulty,
    pub(super) drawn: VecDeque<Drawn>,
    waiters: VecDeque<Waiter>,
    /// Number of jobs that serve waiters, queued or running.
    jobs: usize,
}

impl Shelf {
    /// Takes the next picture. Pictures of another difficulty or drawn before `oldest` are discarded.
    pub(super) fn pop(&mut self, difficulty: Difficulty, oldest: OffsetDateTime) -> Option<Drawn> {
        if self.difficulty != difficulty {
            self.difficulty = difficulty;
            self.drawn.clear();
        }
        std::iter::from_fn(|| self.drawn.pop_front()).find(|it| it.ticket.made_at() >= oldest)
    }

    /// Appends a picture that was just drawn, or discards it if it does not fit.
    pub(super) fn push(&mut self, drawn: Drawn, capacity: usize) {
        if self.has_room_for(&drawn, capacity) {
            self.drawn.push_back(drawn);
        }
    }

    /// Puts a returned picture first, or discards it if it does not fit.
    pub(super) fn push_next(&mut self, drawn: Drawn, capacity: usize) {
        if self.has_room_for(&drawn, capacity) {
            self.drawn.push_front(drawn);
        }
    }

    /// Whether a picture fits: the shelf may be full by now, and the difficulty may have changed while
    /// the picture was drawn.
    fn has_room_for(&self, drawn: &Drawn, capacity: usize) -> bool {
        self.drawn.len() < capacity && drawn.ticket.difficulty() == self.difficulty
    }

    /// Whether a refill is due.
    pub(super) fn is_low(&self, capacity: usize) -> bool {
        self.drawn.len() * 2 <= capacity && self.missing(capacity).is_some()
    }

    /// Difficulty of the next picture for the stock, or `None` while it is full or requests wait.
    pub(super) fn missing(&self, capacity: usize) -> Option<Difficulty> {
        (self.drawn.len() < capacity && self.waiters.is_empty()).then_some(self.difficulty)
    }

    /// Adds a waiter at the end of the queue. Returns the slot for a further job, if one is needed.
    pub(super) fn wait(&mut self, waiter: Waiter, threads: usize) -> Option<Slot> {
        self.waiters.push_back(waiter);
        self.begin_job(threads)
    }

    /// Removes the longest waiters: an equal share for each of `threads`, and at most `most`.
    pub(super) fn next_waiters(&mut self, threads: usize, most: usize) -> Vec<Waiter> {
        let share = self.waiters.len().div_ceil(threads).min(most);
        self.waiters.drain(..share).collect()
    }

    /// Ends a job. Returns the slot for the next one, if requests still wait.
    pub(super) fn end_job(&mut self, threads: usize) -> Option<Slot> {
        self.jobs -= 1;
        self.begin_job(threads)
    }

    /// One job per thread is enough. A waiter without a slot has already passed it to a queued job.
    fn begin_job(&mut self, threads: usize) -> Option<Slot> {
        if self.jobs == threads {
            return None;
        }
        let slot = self.waiters.iter_mut().find_map(|it| it.slot.take())?;
        self.jobs += 1;
        Some(slot)
    }
}
