use std::collections::VecDeque;

use passport_codes::Code;
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::super::{Difficulty, Ticket};
use crate::{BoxError, Picture, Slot};

/// A challenge that nobody has seen yet.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) ticket: Ticket,
    pub(crate) answer: Code,
    pub(crate) picture: Picture,
}

/// Somebody for whom a picture is drawn.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) difficulty: Difficulty,
    pub(super) sender: oneshot::Sender<Result<Drawn, BoxError>>,
    /// The place in the workers' queue, until somebody's job needs one: so no more people wait than
    /// there are places.
    place: Option<Slot>,
}

impl Waiting {
    pub(super) fn new(
        difficulty: Difficulty,
        place: Slot,
        sender: oneshot::Sender<Result<Drawn, BoxError>>,
    ) -> Self {
        Self { difficulty, sender, place: Some(place) }
    }
}

/// What lies ready, pictures of one difficulty, which is the one that was asked for last; and who
/// waits for one.
#[derive(Debug, Default)]
pub(super) struct Kept {
    difficulty: Difficulty,
    pub(super) drawn: VecDeque<Drawn>,
    waiting: VecDeque<Waiting>,
    /// The jobs that draw for those who wait, queued or under way.
    jobs: usize,
}

impl Kept {
    /// The next picture. Those that were drawn for other times, or before `oldest`, are thrown away.
    pub(super) fn pop(&mut self, difficulty: Difficulty, oldest: OffsetDateTime) -> Option<Drawn> {
        if self.difficulty != difficulty {
            self.difficulty = difficulty;
            self.drawn.clear();
        }
        std::iter::from_fn(|| self.drawn.pop_front()).find(|it| it.ticket.made_at() >= oldest)
    }

    /// Keeps a picture that was just drawn, if it may come to the others.
    pub(super) fn push(&mut self, drawn: Drawn, capacity: usize) {
        if self.takes(&drawn, capacity) {
            self.drawn.push_back(drawn);
        }
    }

    /// Keeps a picture that somebody did not want after all, to be the next.
    pub(super) fn push_next(&mut self, drawn: Drawn, capacity: usize) {
        if self.takes(&drawn, capacity) {
            self.drawn.push_front(drawn);
        }
    }

    /// There may be enough by now, and times may have changed while it was drawn.
    fn takes(&self, drawn: &Drawn, capacity: usize) -> bool {
        self.drawn.len() < capacity && drawn.ticket.difficulty() == self.difficulty
    }

    /// Whether the stock is to be filled again.
    pub(super) fn is_low(&self, capacity: usize) -> bool {
        self.drawn.len() * 2 <= capacity && self.missing(capacity).is_some()
    }

    /// What is to be drawn next for the stock: nothing while it is full, or people wait.
    pub(super) fn missing(&self, capacity: usize) -> Option<Difficulty> {
        (self.drawn.len() < capacity && self.waiting.is_empty()).then_some(self.difficulty)
    }

    /// Lets somebody wait behind the others. Gives the place for one more job, if there is to be one.
    pub(super) fn wait(&mut self, waiting: Waiting, threads: usize) -> Option<Slot> {
        self.waiting.push_back(waiting);
        self.begin_job(threads)
    }

    /// Those who have waited longest: an equal share for each of `threads`, and at most `most`.
    pub(super) fn next_waiting(&mut self, threads: usize, most: usize) -> Vec<Waiting> {
        let share = self.waiting.len().div_ceil(threads).min(most);
        self.waiting.drain(..share).collect()
    }

    /// Ends a job. Gives the place for the next, if people still wait.
    pub(super) fn end_job(&mut self, threads: usize) -> Option<Slot> {
        self.jobs -= 1;
        self.begin_job(threads)
    }

    /// A job for each thread is enough. Who has no place any more gave it to a job that is to come.
    fn begin_job(&mut self, threads: usize) -> Option<Slot> {
        if self.jobs == threads {
            return None;
        }
        let place = self.waiting.iter_mut().find_map(|it| it.place.take())?;
        self.jobs += 1;
        Some(place)
    }
}
