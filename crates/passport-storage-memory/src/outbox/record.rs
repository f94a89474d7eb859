use passport_sms_client::{Attempt, AttemptStatus, Bill, Delivery, End, Entry, Idle, Lease};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug)]
pub(super) struct Record {
    pub(super) entry: Entry,
    /// Last lease. Its token is nil while the message is deferred, which is due at the lease's end.
    pub(super) lease: Lease,
    pub(super) settled_at: Option<OffsetDateTime>,
    pub(super) tries: Vec<Try>,
}

#[derive(Debug)]
pub(super) struct Try {
    pub(super) attempt: Attempt,
    /// Lease token of the sender whose result is accepted.
    pub(super) token: Uuid,
    pub(super) provider_id: Option<String>,
    pub(super) bill: Bill,
}

impl Try {
    pub(super) fn new(gateway: &str, token: Uuid, now: OffsetDateTime) -> Self {
        Self { attempt: Attempt::new(gateway, now), token, provider_id: None, bill: Bill::UNKNOWN }
    }

    /// Records the delivery status; returns whether it is news.
    pub(super) fn came(&mut self, delivery: Delivery, code: &str) -> bool {
        let is_news = self.attempt.status == AttemptStatus::Accepted
            && self.attempt.delivery < Some(delivery);
        if is_news {
            self.attempt.delivery = Some(delivery);
            code.clone_into(&mut self.attempt.code);
        }
        is_news
    }
}

impl Record {
    /// Ends an attempt; returns whether it began under that lease.
    pub(super) fn end(&mut self, token: Uuid, end: End<'_>) -> bool {
        let own = |it: &&mut Try| it.attempt.gateway == end.gateway && it.token == token;
        let Some(it) = self.tries.iter_mut().find(own) else { return false };
        it.attempt.status = end.status;
        it.provider_id = end.provider_id.map(str::to_owned);
        true
    }

    pub(super) fn is_held(&self, token: Uuid) -> bool {
        self.settled_at.is_none() && self.lease.token == token
    }

    pub(super) fn is_deferred(&self) -> bool {
        self.settled_at.is_none() && self.lease.token.is_nil()
    }

    /// Whether a sender holds the message and does not know yet whether that gateway accepted it.
    pub(super) fn is_doubted(&self, gateway: &str, now: OffsetDateTime) -> bool {
        let is_in_hand =
            self.settled_at.is_none() && !self.lease.token.is_nil() && now < self.lease.until;
        is_in_hand
            && self.tries.iter().any(|it| {
                it.attempt.gateway == gateway
                    && it.attempt.status == AttemptStatus::InDoubt
                    && it.attempt.began_at <= now
            })
    }

    pub(super) fn is_idle(&self, idle: Idle, now: OffsetDateTime) -> bool {
        self.settled_at.is_none()
            && self.is_deferred() == (idle == Idle::Due)
            && self.lease.until <= now
            && now < self.entry.expires_at
    }
}
