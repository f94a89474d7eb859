use std::collections::VecDeque;

use passport_codes::Code;
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::super::Ticket;
use crate::{BoxError, Drawing, Slot};

/// A challenge that was drawn and not shown.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) ticket: Ticket,
    pub(crate) answer: Code,
    pub(crate) drawing: Drawing,
}

/// A caller that waits for a picture.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) sender: oneshot::Sender<Result<Drawn, BoxError>>,
    /// Place in the workers' queue, until a job takes it. The number of waiting callers is therefore
    /// bounded by the number of places.
    place: Option<Slot>,
}

impl Waiting {
    pub(super) fn new(place: Slot, sender: oneshot::Sender<Result<Drawn, BoxError>>) -> Self {
        Self { sender, place: Some(place) }
    }
}

/// Pictures in stock, each in every theme, and the callers that wait for one.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) drawn: VecDeque<Drawn>,
    waiting: VecDeque<Waiting>,
    /// Number of jobs that draw for waiting callers, queued or running.
    jobs: usize,
}

impl Shelf {
    /// Next picture. Pictures from before `oldest` are discarded.
    pub(super) fn pop(&mut self, oldest: OffsetDateTime) -> Option<Drawn> {
        std::iter::from_fn(|| self.drawn.pop_front()).find(|it| it.ticket.made_at() >= oldest)
    }

    /// Stores a new picture behind the others, if there is room for it.
    pub(super) fn push(&mut self, drawn: Drawn, capacity: usize) {
        if self.drawn.len() < capacity {
            self.drawn.push_back(drawn);
        }
    }

    /// Stores a returned picture as the next one, if there is room for it.
    pub(super) fn push_next(&mut self, drawn: Drawn, capacity: usize) {
        if self.drawn.len() < capacity {
            self.drawn.push_front(drawn);
        }
    }

    /// Whether a refill is due.
    pub(super) fn is_low(&self, capacity: usize) -> bool {
        self.drawn.len() * 2 <= capacity && self.has_room(capacity)
    }

    /// Whether a picture for the stock is missing and no caller waits.
    pub(super) fn has_room(&self, capacity: usize) -> bool {
        self.drawn.len() < capacity && self.waiting.is_empty()
    }

    /// Adds a caller behind the others. Returns the place for one more job, if one is due.
    pub(super) fn wait(&mut self, waiting: Waiting, threads: usize) -> Option<Slot> {
        self.waiting.push_back(waiting);
        self.begin_job(threads)
    }

    /// Removes the callers that have waited longest: an equal share for each of `threads`, at most `most`.
    pub(super) fn next_waiting(&mut self, threads: usize, most: usize) -> Vec<Waiting> {
        let share = self.waiting.len().div_ceil(threads).min(most);
        self.waiting.drain(..share).collect()
    }

    /// Ends a job. Returns the place for the next one, if callers still wait.
    pub(super) fn end_job(&mut self, threads: usize) -> Option<Slot> {
        self.jobs -= 1;
        self.begin_job(threads)
    }

    /// One job per thread is enough. A waiter without a place has already passed it to a queued job.
    fn begin_job(&mut self, threads: usize) -> Option<Slot> {
        if self.jobs == threads {
            return None;
        }
        let place = self.waiting.iter_mut().find_map(|it| it.place.take())?;
        self.jobs += 1;
        Some(place)
    }
}
