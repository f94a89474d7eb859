use std::{num::NonZeroUsize, thread::available_parallelism, time::Duration};

use passport_codes::{CodeLength, CodePolicy};
use passport_throttle::Quota;
use passport_user::{CountryCode, PasswordPolicy};

use crate::{AuditAddresses, Backoffs, Quotas, SessionLifetimes, Terms};

/// What people may do with accounts, how often, and for how long. The defaults are those of the service.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Countries whose numbers get codes; mainland China by default.
    pub countries: Vec<CountryCode>,
    /// Lifetime and tries of a code: 5 minutes and 5 tries.
    pub code: CodePolicy,
    /// Digits of a code: 6.
    pub code_length: CodeLength,
    /// Lifetime of a challenge: 5 minutes, at most 10.
    pub challenge_ttl: Duration,
    /// Challenges for one client: 60 in a minute.
    pub challenges_per_client: Quota,
    /// Answer that every challenge accepts beside its own, for development and tests only.
    pub test_answer: Option<String>,
    /// Limits per number and per client.
    pub quotas: Quotas,
    /// Delays after failures in a row.
    pub backoffs: Backoffs,
    /// Lifetimes of sessions.
    pub lifetimes: SessionLifetimes,
    /// Part of clients' addresses that events carry.
    pub addresses: AuditAddresses,
    /// Whether people may sign up.
    pub is_open: bool,
    /// Whether an account may have no password.
    pub passwordless: bool,
    /// Terms that new accounts are subject to.
    pub terms: Terms,
    /// Rules for passwords.
    pub password: PasswordPolicy,
    /// Threads that hash passwords: one for each core.
    pub hashing_threads: NonZeroUsize,
    /// Hashes that may wait: 16 for each thread.
    pub hashing_queue: NonZeroUsize,
    /// Time for which a proof of identity counts as fresh: 5 minutes.
    pub fresh_for: Duration,
    /// Time between the wish to delete an account and its deletion: 7 days.
    pub deletion_grace: Duration,
    /// Time within which the owner of a former number can undo its change: 24 hours.
    pub undo_for: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_mins(1);
        let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            countries: vec![CountryCode::CN],
            code: CodePolicy::new(5 * MINUTE, 5).expect("the policy is within bounds"),
            code_length: CodeLength::SIX,
            challenge_ttl: 5 * MINUTE,
            challenges_per_client: Quota::new(60, MINUTE).expect("the quota is within bounds"),
            test_answer: None,
            quotas: Quotas::default(),
            backoffs: Backoffs::default(),
            lifetimes: SessionLifetimes::default(),
            addresses: AuditAddresses::default(),
            is_open: true,
            passwordless: true,
            terms: Terms::default(),
            password: PasswordPolicy::default(),
            hashing_threads: threads,
            hashing_queue: threads.saturating_mul(NonZeroUsize::new(16).unwrap_or(threads)),
            fresh_for: 5 * MINUTE,
            deletion_grace: Duration::from_hours(7 * 24),
            undo_for: Duration::from_hours(24),
        }
    }
}
