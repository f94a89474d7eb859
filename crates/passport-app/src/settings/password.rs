use std::{num::NonZeroUsize, thread::available_parallelism};

use passport_user::{BcryptCost, PasswordPolicy};

use super::{Environment, reader::Reader};

/// Password policy and hashing.
#[derive(Debug, Clone)]
pub struct PasswordSettings {
    /// `password.min_length` and `password.max_length`
    pub policy: PasswordPolicy,
    /// `password.cost`
    pub cost: BcryptCost,
    /// `password.slots`: number of hashes computed in parallel.
    pub slots: NonZeroUsize,
    /// `password.queue`: number of hashes that may wait.
    pub queue: NonZeroUsize,
}

impl PasswordSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let max = reader.number(
            "password.max_length",
            "128",
            PasswordPolicy::LEAST_MAX..=PasswordPolicy::MOST_MAX,
        );
        let min = reader.number("password.min_length", "8", PasswordPolicy::LEAST_MIN..=max);
        // OWASP Password Storage: at least 10, because hashes of a lower cost are cracked quickly.
        let least = if environment.is_production() { 10 } else { BcryptCost::MIN };
        let cost = reader.number("password.cost", "12", least..=BcryptCost::MAX);
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        let slots = reader.number("password.slots", &cores.to_string(), 1..=1024_usize);
        // Sixteen hashes per slot take about four seconds; few users wait longer.
        let queue = (16 * slots).to_string();
        let queue = reader.number("password.queue", &queue, 1..=100_000_usize);
        Self {
            policy: PasswordPolicy::new(min, max).expect("policy was read within bounds"),
            cost: BcryptCost::new(cost).expect("cost was read within bounds"),
            slots: NonZeroUsize::new(slots).unwrap_or(NonZeroUsize::MIN),
            queue: NonZeroUsize::new(queue).unwrap_or(NonZeroUsize::MIN),
        }
    }
}
