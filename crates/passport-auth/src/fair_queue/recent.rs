use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::party::{Account, Party};
use crate::{ClientAddress, shares::Counts};

/// Time for which a turn is remembered.
const MEMORY: Duration = Duration::from_mins(1);

/// Most turns that are remembered.
const MOST: usize = 16_384;

/// Turns of the last minute, by client and by account.
#[derive(Debug)]
pub(super) struct RecentTurns {
    turns: VecDeque<(Instant, Party)>,
    clients: Counts<ClientAddress>,
    accounts: Counts<Account>,
}

impl Default for RecentTurns {
    fn default() -> Self {
        let (clients, accounts) = (Counts::new(usize::MAX), Counts::new(usize::MAX));
        Self { turns: VecDeque::new(), clients, accounts }
    }
}

impl RecentTurns {
    pub(super) fn record(&mut self, party: Party, now: Instant) {
        self.clients.add(party.client);
        self.accounts.add(party.account.clone());
        self.turns.push_back((now, party));
        self.forget_old(now);
    }

    /// Turns of the client and of the account of `party`.
    pub(super) fn of(&mut self, party: &Party, now: Instant) -> usize {
        self.forget_old(now);
        self.clients.of(&party.client) + self.accounts.of(&party.account)
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some((at, _)) = self.turns.front()
            && (self.turns.len() > MOST || now.duration_since(*at) >= MEMORY)
            && let Some((_, party)) = self.turns.pop_front()
        {
            self.clients.remove(&party.client);
            self.accounts.remove(&party.account);
        }
    }
}
