use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::party::Party;
use crate::{ClientAddress, shares::Counts};

/// Most callers of one client that wait for a place.
pub(super) const SEATS_EACH: usize = 32;

/// Most callers that wait for a place.
const SEATS: usize = 1_024;

/// Callers that wait for a place, in the order of arrival.
#[derive(Debug)]
pub(super) struct WaitingRoom<T> {
    waiting: VecDeque<Waiting<T>>,
    clients: Counts<ClientAddress>,
    next_seat: u64,
}

#[derive(Debug)]
struct Waiting<T> {
    seat: u64,
    party: Party,
    sender: oneshot::Sender<T>,
}

impl<T> Default for WaitingRoom<T> {
    fn default() -> Self {
        let clients = Counts::new(SEATS_EACH);
        Self { waiting: VecDeque::new(), clients, next_seat: 0 }
    }
}

impl<T> WaitingRoom<T> {
    /// Takes a seat for `party`, if one is free. Returns its number, by which the caller
    /// [leaves](Self::leave).
    pub(super) fn wait(&mut self, party: Party) -> Option<(u64, oneshot::Receiver<T>)> {
        if self.waiting.len() >= SEATS || !self.clients.has_room(&party.client) {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        let seat = self.next_seat;
        self.next_seat += 1;
        self.clients.add(party.client);
        self.waiting.push_back(Waiting { seat, party, sender });
        Some((seat, receiver))
    }

    /// Number of callers that wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Frees a seat, unless its caller was called already.
    pub(super) fn leave(&mut self, seat: u64) {
        if let Some(index) = self.waiting.iter().position(|it| it.seat == seat) {
            self.remove(index);
        }
    }

    /// Removes the caller of the lowest rank and, among equals, the one that has waited longest;
    /// returns it with its rank. Callers without a rank stay.
    pub(super) fn call<R: Ord>(
        &mut self,
        mut rank: impl FnMut(&Party) -> Option<R>,
    ) -> Option<(R, Party, oneshot::Sender<T>)> {
        let ranked = self.waiting.iter().enumerate();
        let ranked = ranked.filter_map(|(index, it)| Some((rank(&it.party)?, index)));
        let (rank, index) = ranked.min()?;
        let (party, sender) = self.remove(index)?;
        Some((rank, party, sender))
    }

    fn remove(&mut self, index: usize) -> Option<(Party, oneshot::Sender<T>)> {
        let Waiting { party, sender, .. } = self.waiting.remove(index)?;
        self.clients.remove(&party.client);
        Some((party, sender))
    }
}
