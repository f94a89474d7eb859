use std::time::Duration;

use time::OffsetDateTime;

use crate::client::Delivery;
use crate::dispatch::record::{Closing, priors};
use crate::outbox::{Attempt, AttemptStatus};
use crate::outcome::Class;
use crate::router::Router;
use crate::router::journal::Prior;
use crate::router::verdict::Next;

/// Validity that a code must have left to be sent again, because a message states whole minutes and
/// at least one.
const MIN_VALIDITY: Duration = Duration::from_mins(1);

/// Policy for messages that a gateway accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FollowUpPolicy {
    /// Age at which the delivery of a message is first checked; 20 s by default. The age doubles
    /// with each further check.
    pub after: Duration,
    /// Maximum number of checks, and so of queries to the gateway; 4 by default. The checks end
    /// earlier if the message expires.
    pub checks: u32,
    /// Whether a message that was certainly not delivered is sent through another gateway; yes by
    /// default. It is sent once, with the same code, and only if the carrier's code is known and
    /// another gateway can deliver it: not if the number does not exist or the user opted out. A
    /// message without a status is not sent again, because it may have arrived. Neither is one
    /// whose code expires within a minute.
    pub resend_undelivered: bool,
    /// Age up to which a message is sent again; 60 s by default. Later the user may have requested
    /// another code, which invalidates this one.
    pub resend_within: Duration,
}

impl Default for FollowUpPolicy {
    fn default() -> Self {
        Self {
            after: Duration::from_secs(20),
            checks: 4,
            resend_undelivered: true,
            resend_within: Duration::from_mins(1),
        }
    }
}

/// The policy, and the router whose gateways classify the codes of their carriers.
pub(super) struct FollowUp<'a> {
    pub(super) policy: FollowUpPolicy,
    pub(super) router: &'a Router,
}

/// The next step for a claimed message.
pub(super) enum Step {
    /// Hand it to a gateway, with this record.
    Send(Vec<Prior>),
    /// Close it, for now or finally.
    Close(Closing),
}

/// The next step according to the record of a message. Without a `follow_up` a message is finished
/// once a gateway accepted it.
pub(super) fn step(
    follow_up: Option<&FollowUp<'_>>,
    attempts: &[Attempt],
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Step {
    let arrived = |it: &Attempt| it.is_redeemed || it.delivery == Some(Delivery::Delivered);
    let settle = Step::Close(Closing::Settle);
    if attempts.iter().any(|it| arrived(it) || it.status == AttemptStatus::Barred) {
        return settle;
    }
    let accepted: Vec<_> =
        attempts.iter().filter(|it| it.status == AttemptStatus::Accepted).collect();
    let pending = accepted.iter().rev().find(|it| it.is_pending());
    match (follow_up, accepted.as_slice(), pending) {
        (_, [], _) => Step::Send(priors(attempts)),
        (Some(follow_up), _, Some(pending)) => {
            Step::Close(follow_up.policy.next_check(pending.began_at, now, expires_at))
        }
        (Some(follow_up), [failed], None)
            if expires_at - now >= MIN_VALIDITY && follow_up.can_resend(failed, now) =>
        {
            Step::Send(priors(attempts))
        }
        (None, ..) | (Some(_), _, None) => settle,
    }
}

impl FollowUp<'_> {
    /// Whether another gateway may get a message that this one could not deliver. An unknown code
    /// may mean an opt-out or a cap, which must not be bypassed.
    fn can_resend(&self, failed: &Attempt, now: OffsetDateTime) -> bool {
        let class = self.router.delivery_class(&failed.gateway, &failed.code);
        self.policy.resend_undelivered
            && now - failed.began_at < self.policy.resend_within
            && class != Class::UnknownCode
            && match Next::after_rejection(class) {
                Next::Retry | Next::Other => true,
                Next::Stop | Next::Done | Next::Doubt => false,
            }
    }
}

impl FollowUpPolicy {
    /// Age at which a message is first checked.
    pub(super) fn first_check(&self) -> time::Duration {
        self.after.try_into().unwrap_or(time::Duration::MAX)
    }

    /// Moment of the next check of a message that was handed to a gateway at `began_at`: at twice
    /// its present age, so that the distance grows without a counter.
    pub(super) fn next_check(
        &self,
        began_at: OffsetDateTime,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Closing {
        let age = now - began_at;
        let last = self.after.saturating_mul(2_u32.saturating_pow(self.checks.saturating_sub(1)));
        let first = began_at.saturating_add(self.first_check());
        let due = if now < first { first } else { now.saturating_add(age) };
        if self.checks == 0 || age >= last || due >= expires_at {
            Closing::Settle
        } else {
            Closing::Defer(due)
        }
    }
}
