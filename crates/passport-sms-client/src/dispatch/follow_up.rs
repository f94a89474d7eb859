use std::time::Duration;

use time::OffsetDateTime;

use crate::client::Delivery;
use crate::dispatch::record::{Closing, priors};
use crate::outbox::{Attempt, AttemptStatus};
use crate::outcome::Class;
use crate::router::Router;
use crate::router::journal::Prior;
use crate::router::verdict::Next;

/// How long a code must be good to be sent again: a message counts in whole minutes, and promises one
/// at least.
const WORTH_TELLING: Duration = Duration::from_mins(1);

/// How a [`Dispatch`](crate::Dispatch) looks after messages that a gateway took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FollowUpPolicy {
    /// How long after it was handed over a message is looked at for the first time; 20 s unless told
    /// otherwise. Each time after that is twice as late.
    pub after: Duration,
    /// How often at most it is looked at, and so how often its gateway is asked; 4 unless told
    /// otherwise. It is over earlier when the message expires.
    pub looks: u32,
    /// Whether a message that was certainly not delivered goes through another gateway; yes unless
    /// told otherwise. It does so once, with the same code, and only where the carrier's code is
    /// known and means what another gateway can mend: not a number that does not exist or does not
    /// want to be written to. A message of which nothing is heard is not sent again: it may have arrived.
    /// Nor is one with less than a minute to live.
    pub resend_undelivered: bool,
    /// How long after it was handed over a message is worth that; 60 s unless told otherwise. Later
    /// the person may have asked for another code, and this one be dead.
    pub resend_within: Duration,
}

impl Default for FollowUpPolicy {
    fn default() -> Self {
        Self {
            after: Duration::from_secs(20),
            looks: 4,
            resend_undelivered: true,
            resend_within: Duration::from_mins(1),
        }
    }
}

/// The policy, and the router whose gateways know what the codes of their carriers mean.
pub(super) struct FollowUp<'a> {
    pub(super) policy: FollowUpPolicy,
    pub(super) router: &'a Router,
}

/// What is to be done with a message that was taken up.
pub(super) enum Step {
    /// Hand it to a gateway, with this on record.
    Send(Vec<Prior>),
    /// Nothing more, for now or for good.
    Close(Closing),
}

/// What the record of a message asks for; without a `follow_up` a message is over once a gateway
/// has it.
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
            Step::Close(follow_up.policy.next_look(pending.began_at, now, expires_at))
        }
        (Some(follow_up), [failed], None)
            if expires_at - now >= WORTH_TELLING && follow_up.mends(failed, now) =>
        {
            Step::Send(priors(attempts))
        }
        (None, ..) | (Some(_), _, None) => settle,
    }
}

impl FollowUp<'_> {
    /// Whether another gateway may be given what this one could not deliver. A code that is in no
    /// table may stand for an opt-out or a cap, so it is not gone around.
    fn mends(&self, failed: &Attempt, now: OffsetDateTime) -> bool {
        let class = self.class(failed);
        self.policy.resend_undelivered
            && now - failed.began_at < self.policy.resend_within
            && class != Class::UnknownCode
            && match Next::after_rejection(class) {
                Next::Retry | Next::Other => true,
                Next::Stop | Next::Done | Next::Doubt => false,
            }
    }

    fn class(&self, failed: &Attempt) -> Class {
        let reader = self.router.receipts(&failed.gateway);
        reader.map_or(Class::UnknownCode, |reader| reader.class(&failed.code))
    }
}

impl FollowUpPolicy {
    /// How old a message is before it is looked at.
    pub(super) fn patience(&self) -> time::Duration {
        self.after.try_into().unwrap_or(time::Duration::MAX)
    }

    /// When a message is looked at that a gateway was handed at `began_at`: twice as late as now, so
    /// the distance grows without being counted.
    pub(super) fn next_look(
        &self,
        began_at: OffsetDateTime,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Closing {
        let age = now - began_at;
        let last = self.after.saturating_mul(2_u32.saturating_pow(self.looks.saturating_sub(1)));
        let first = began_at.saturating_add(self.patience());
        let due = if now < first { first } else { now.saturating_add(age) };
        if self.looks == 0 || age >= last || due >= expires_at {
            Closing::Settle
        } else {
            Closing::Defer(due)
        }
    }
}
