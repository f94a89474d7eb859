use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::ClientAddress;

/// Delays sign-ins of a client at its limit until earlier ones have finished.
///
/// A waiting sign-in retries its charge several times. The number of waiting sign-ins per client is
/// bounded, so a flood from one address costs the store little more than its first charges, and does
/// not take the places of other clients. Clones share the room, which is local to the process.
#[derive(Debug, Clone, Default)]
pub struct WaitingRoom(Arc<Mutex<HashMap<ClientAddress, usize>>>);

impl WaitingRoom {
    /// Number of sign-ins of one client that may wait at once.
    pub const SEATS: usize = 32;

    /// Takes a seat for `client`, if one is free.
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

/// A taken seat, which is free again when dropped.
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
    fn every_client_has_its_own_seats_and_free_seats_use_no_memory() {
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
