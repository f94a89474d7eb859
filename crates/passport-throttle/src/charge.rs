use std::time::Duration;

use uuid::Uuid;

use crate::{Policy, Quota, Subject};

/// One count that an operation is charged to, and the quota of that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Name of the limit. Together with the subject it names the count.
    pub policy: Policy,
    /// Digest of the phone number, client or account that is counted.
    pub subject: Subject,
    /// Quota in force now. It may differ from the quota of earlier hits.
    pub quota: Quota,
}

impl Charge {
    /// Charges the count of `policy` and `subject`, which is limited by `quota`.
    pub const fn new(policy: Policy, subject: Subject, quota: Quota) -> Self {
        Self { policy, subject, quota }
    }
}

/// Result of [`ThrottleStore::hit`](crate::ThrottleStore::hit).
#[derive(Debug, Clone)]
pub enum Decision {
    /// Every charge was counted, but for those that were only checked.
    Allowed(Hit),
    /// Nothing was counted.
    Refused(Refusal),
}

/// Counted hit, with which [`ThrottleStore::refund`](crate::ThrottleStore::refund) undoes it, or a part
/// of it.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Id of the hit in the store.
    pub id: Uuid,
    /// Charges that it was counted for, without those that were only checked.
    pub charges: Vec<Charge>,
}

/// Charge that has no room, and the time until it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Policy of the charge with the longest wait.
    pub policy: Policy,
    /// Quota of that charge.
    pub quota: Quota,
    /// Time after which, and not before, the same charges are allowed, unless other hits come first.
    pub retry_after: Duration,
}

impl Refusal {
    /// Refusal of `charge`.
    pub const fn of(charge: &Charge, retry_after: Duration) -> Self {
        Self { policy: charge.policy, quota: charge.quota, retry_after }
    }
}
