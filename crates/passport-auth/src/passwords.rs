use std::sync::Arc;

use passport_user::{Password, PasswordHash, PasswordHasher, UnsupportedHash, Verification};

use crate::{Denied, Slot, Workers};

/// Hashes and compares passwords on worker threads, behind a bounded queue.
#[derive(Debug, Clone)]
pub struct Passwords {
    hasher: Arc<dyn PasswordHasher>,
    decoy: PasswordHash,
    workers: Workers,
}

impl Passwords {
    /// Runs `hasher` on `workers`.
    pub fn new(hasher: Arc<dyn PasswordHasher>, workers: Workers) -> Self {
        Self { decoy: hasher.decoy(), hasher, workers }
    }

    /// Reserves a place in the queue, so that a full queue is refused before anything is spent.
    pub(crate) fn reserve(&self) -> Result<Turn, Denied> {
        Ok(Turn { passwords: self.clone(), slot: self.workers.reserve()? })
    }

    /// Hash that costs as much to compare as a real one and matches no password.
    pub(crate) fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }
}

/// A reserved place in the queue, for one hash or comparison.
pub(crate) struct Turn {
    passwords: Passwords,
    slot: Slot,
}

impl Turn {
    pub(crate) async fn hash(self, password: Password) -> PasswordHash {
        let hasher = self.passwords.hasher;
        self.slot.run(move || hasher.hash(&password, &mut rand::rng())).await
    }

    /// Compares `password` with `hash`. An unsupported hash costs as much as a supported one, because an
    /// immediate answer would reveal that the number is registered.
    pub(crate) async fn verify(
        self,
        password: Password,
        hash: PasswordHash,
    ) -> Result<Verification, UnsupportedHash> {
        let Passwords { hasher, decoy, .. } = self.passwords;
        let compare = move || {
            hasher.verify(&password, &hash).inspect_err(|_| {
                let _ = hasher.verify(&password, &decoy);
            })
        };
        self.slot.run(compare).await
    }
}
