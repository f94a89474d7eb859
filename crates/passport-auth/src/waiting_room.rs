use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::ClientAddress;

/// Bounds the number of sign-ins of one client that wait while the client is at its limit.
///
/// Each waiting sign-in asks the store repeatedly. Because of the bound, a flood from one address
/// causes hardly more calls than one per sign-in, and does not take seats of other clients. Clones
/// share the seats, which are those of one process.
#[derive(Debug, Clone, Default)]
pub struct WaitingRoom(Arc<Mutex<HashMap<ClientAddress, usize>>>);

impl WaitingRoom {
    /// Number of sign-ins of one client that may wait at once.
    pub const SEATS: usize = 32;

    /// Takes a seat, if `client` has one left.
    pub(crate) fn enter(&self, client: ClientAddress) -> Option<Seat> {
        let mut taken = self.taken();
        let seats = taken.entry(client).or_default();
        if *seats == Self::SEATS {
            return None;
        }
        *seats += 1;
        Some(Seat { room: self.clone(), client })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<ClientAddress, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Permission to wait. Dropping it frees the seat.
pub(crate) struct Seat {
    room: WaitingRoom,
    client: ClientAddress,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        if let Some(seats) = taken.get_mut(&self.client) {
            *seats -= 1;
            if *seats == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn every_client_has_its_own_seats_and_freed_seats_leave_no_entry() {
        let client = |last| ClientAddress::from(IpAddr::from([192, 0, 2, last]));
        let room = WaitingRoom::default();
        let mut seats: Vec<_> = std::iter::from_fn(|| room.enter(client(1))).collect();
        assert_eq!(seats.len(), WaitingRoom::SEATS);
        assert!(room.enter(client(2)).is_some());
        seats.pop();
        seats.extend(room.enter(client(1)));
        assert!(room.enter(client(1)).is_none());
        drop(seats);
        assert!(room.taken().is_empty());
    }
}
