//! What tables are filled with.

use passport_auth::{Clock, SystemClock};
use passport_user::{BcryptCost, BcryptSha256, Password, PasswordHasher};

use crate::{outcome::Outcome, people::PASSWORD};

/// What a table is filled with.
#[derive(Debug, Clone)]
pub(crate) struct Filling {
    /// Number of users, of their sessions, and of messages.
    pub(crate) count: usize,
    /// Time of the filling in milliseconds since 1970.
    pub(crate) at: u64,
    /// Hash of the password of every user.
    pub(super) hash: String,
}

/// Lifetime of a filled session in milliseconds, as one with "remember me" has: with a shorter one, a tenth
/// of it could pass during the run, and who am I would begin to write.
pub(super) const IDLE: u64 = 7 * 24 * 3_600_000;
pub(super) const ABSOLUTE: u64 = 30 * 24 * 3_600_000;

impl Filling {
    pub(crate) fn new(count: usize) -> Outcome<Self> {
        let hasher = BcryptSha256::new(BcryptCost::DEFAULT);
        let hash = hasher.hash(&Password::new(PASSWORD)?, &mut rand::rng());
        let at = SystemClock.now().unix_timestamp_nanos() / 1_000_000;
        Ok(Self { count, at: at.try_into()?, hash: hash.as_str().to_owned() })
    }
}

pub(super) fn not_empty(url: &str) -> String {
    format!("{url} has users already: name an empty database")
}
