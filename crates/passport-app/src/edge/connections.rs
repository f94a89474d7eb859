use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ipnet::IpNet;
use passport_auth::ClientAddress;
use tracing::warn;

/// Minimum time between two log lines about refused connections.
const BETWEEN_LINES: Duration = Duration::from_mins(1);

/// Counts the open connections of each client address.
///
/// Connections of trusted proxies are not counted: they carry the requests of all clients.
#[derive(Clone)]
pub(super) struct Connections(Arc<Shared>);

struct Shared {
    most: usize,
    proxies: Vec<IpNet>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<ClientAddress, usize>,
    refused: u64,
    logged: Option<Instant>,
}

impl Connections {
    /// Allows `most` connections per client address at a time.
    pub(super) fn new(most: usize, proxies: Vec<IpNet>) -> Self {
        Self(Arc::new(Shared { most, proxies, state: Mutex::default() }))
    }

    /// Counts a connection from `peer` until the place is dropped; `None` when there are too many.
    pub(super) fn admit(&self, peer: IpAddr) -> Option<Place> {
        let shared = &self.0;
        let peer = peer.to_canonical();
        if shared.proxies.iter().any(|network| network.contains(&peer)) {
            return Some(Place(None));
        }
        let client = ClientAddress::from(peer);
        let mut state = shared.lock();
        let open = state.open.entry(client).or_default();
        if *open < shared.most {
            *open += 1;
            return Some(Place(Some((client, Arc::clone(shared)))));
        }
        state.refused += 1;
        if state.logged.is_none_or(|logged| logged.elapsed() >= BETWEEN_LINES) {
            let refused = std::mem::take(&mut state.refused);
            state.logged = Some(Instant::now());
            drop(state);
            warn!(
                %client,
                refused,
                "connections refused: this client has as many as http.connections_per_ip allows; if \
                 it is a reverse proxy, add it to http.trusted_proxies"
            );
        }
        None
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A counted connection.
pub(super) struct Place(Option<(ClientAddress, Arc<Shared>)>);

impl Drop for Place {
    fn drop(&mut self) {
        let Some((client, shared)) = self.0.take() else { return };
        let mut state = shared.lock();
        if let Some(open) = state.open.get_mut(&client) {
            *open -= 1;
            if *open == 0 {
                state.open.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_has_so_many_connections_at_a_time() {
        let connections = Connections::new(2, Vec::new());
        let first = connections.admit(ip("2001:db8::1"));
        let second = connections.admit(ip("2001:db8::2"));
        assert!(first.is_some() && second.is_some());
        assert!(connections.admit(ip("2001:db8::3")).is_none(), "one /64 is one client");
        assert!(connections.admit(ip("2001:db8:0:1::1")).is_some(), "another client is let in");
        drop(first);
        assert!(connections.admit(ip("2001:db8::3")).is_some());
        drop(second);
        assert!(connections.0.lock().open.is_empty(), "no address is kept");
    }

    #[test]
    fn connections_of_trusted_proxies_are_not_counted() {
        let connections = Connections::new(1, vec!["10.0.0.0/8".parse().unwrap()]);
        let places: Vec<_> = (0..5).map(|_| connections.admit(ip("::ffff:10.0.0.1"))).collect();
        assert!(places.iter().all(Option::is_some));
    }
}
