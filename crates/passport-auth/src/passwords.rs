use std::sync::Arc;

use passport_user::{Password, PasswordHash, PasswordHasher, UnsupportedHash, Verification};

use crate::{Denied, FairQueue, Party, Place};

/// Hashes and compares passwords on worker threads, behind a queue that clients and accounts share
/// fairly.
#[derive(Debug, Clone)]
pub struct Passwords {
    hasher: Arc<dyn PasswordHasher>,
    decoy: PasswordHash,
    queue: FairQueue,
}

impl Passwords {
    /// Runs `hasher` behind `queue`.
    pub fn new(hasher: Arc<dyn PasswordHasher>, queue: FairQueue) -> Self {
        Self { decoy: hasher.decoy(), hasher, queue }
    }

    /// Takes a place in the queue, before anything is spent. Waits for it if the client or the account
    /// has too many.
    pub(crate) async fn enter(&self, party: Party) -> Result<Turn, Denied> {
        Ok(Turn { passwords: self.clone(), place: self.queue.enter(party).await? })
    }

    /// Hash that costs as much to compare as a real one and matches no password.
    pub(crate) fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }
}

/// A place in the queue, for hashes and comparisons of one account.
pub(crate) struct Turn {
    passwords: Passwords,
    place: Place,
}

impl Turn {
    pub(crate) async fn hash(&self, password: Password) -> PasswordHash {
        let hasher = Arc::clone(&self.passwords.hasher);
        self.place.run(move || hasher.hash(&password, &mut rand::rng())).await
    }

    /// Compares `password` with `hash`. An unsupported hash costs as much as a supported one, because an
    /// immediate answer would reveal that the number is registered.
    pub(crate) async fn verify(
        &self,
        password: Password,
        hash: PasswordHash,
    ) -> Result<Verification, UnsupportedHash> {
        let Passwords { hasher, decoy, .. } = self.passwords.clone();
        let compare = move || {
            hasher.verify(&password, &hash).inspect_err(|_| {
                let _ = hasher.verify(&password, &decoy);
            })
        };
        self.place.run(compare).await
    }
}
