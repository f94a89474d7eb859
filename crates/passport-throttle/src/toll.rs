use crate::{Block, Charge, Refusal, Series};

/// What an operation has to pass that is charged and does something else in one act, such as storing or
/// redeeming a code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Toll {
    /// Counts that have to have room, and on which the act counts a hit.
    pub charges: Vec<Charge>,
    /// Counts that have to have room, and that are only checked.
    pub checked: Vec<Charge>,
    /// Series of failures that have to allow an attempt. Their keys differ.
    pub series: Vec<Series>,
}

impl Toll {
    /// Counts that have to have room: those that are charged, then those that are only checked.
    pub fn counts(&self) -> impl Iterator<Item = &Charge> {
        self.charges.iter().chain(&self.checked)
    }
}

/// Result of an act that has to pass a [`Toll`].
#[derive(Debug, Clone)]
pub enum Passage<T> {
    /// It passed.
    Passed(T),
    /// A count has no room. Nothing was done.
    Refused(Refusal),
    /// Every count has room, and a series does not allow the attempt. Nothing was done.
    Blocked(Block),
}
