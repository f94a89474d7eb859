use std::sync::Arc;

use passport_user::{Password, PasswordHash, PasswordHasher, UnsupportedHash, Verification};

use crate::{Denied, Slot, Workers};

/// Hashes and compares passwords on threads of their own, a bounded number at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    hasher: Arc<dyn PasswordHasher>,
    decoy: PasswordHash,
    workers: Workers,
}

impl Passwords {
    /// Lets `hasher` work on `workers`.
    pub fn new(hasher: Arc<dyn PasswordHasher>, workers: Workers) -> Self {
        Self { decoy: hasher.decoy(), hasher, workers }
    }

    /// Reserves a turn, so that a full queue is known before anything is spent.
    pub(crate) fn reserve(&self) -> Result<Turn, Denied> {
        Ok(Turn { passwords: self.clone(), slot: self.workers.reserve()? })
    }

    /// A hash that costs as much to compare as a real one and matches nothing.
    pub(crate) fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }
}

/// One reserved turn.
pub(crate) struct Turn {
    passwords: Passwords,
    slot: Slot,
}

impl Turn {
    pub(crate) async fn hash(self, password: Password) -> PasswordHash {
        let hasher = self.passwords.hasher;
        self.slot.run(move || hasher.hash(&password, &mut rand::rng())).await
    }

    /// Compares. A hash that cannot be read costs as much as one that can: an answer at once would
    /// tell that the number is registered.
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
