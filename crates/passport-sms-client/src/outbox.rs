//! Record of messages, so that no crash loses a message or sends it twice.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::bill::Bill;
use crate::client::{Delivery, Receipt};

pub use crate::outbox::cost::{Billed, Cost, Costs};
pub use crate::outbox::figures::{Figure, Untried};
pub use crate::outbox::record::{
    Attempt, AttemptStatus, Claimed, End, Entry, Idle, Lease, LeaseCheck, Opened, ReceiptEffect,
    SealedMessage,
};
pub use crate::outbox::ways::{Way, Which};

mod cost;
mod figures;
mod record;
mod ways;

/// Time after the start of an attempt in which its receipts are accepted: some gateways push them
/// three days late.
pub const RECEIPT_WINDOW: Duration = Duration::from_hours(72);

/// Record of messages while they are sent, and of their delivery afterwards.
///
/// Opening a message leases it to the caller. Until the lease expires no other process changes the
/// message; after that another process can claim it together with its record. A lease is identified
/// by its token, not by its time, so a process that was suspended beyond the end cannot continue:
/// each of its steps returns [`LeaseCheck::Lost`].
///
/// A message that a gateway accepted can be [deferred](Self::defer): it is then leased to no
/// process, and one [claims](Self::claim) it when it is due, to check its delivery.
///
/// Numbers and codes are stored sealed and wiped as soon as they are not needed; of the number only
/// the country and the carrier's digits are stored in clear text, for statistics.
///
/// Time is passed as `now`; nodes that share an outbox synchronise their clocks (NTP is enough).
/// Implementations have to pass `outbox_contract!` (feature `testing`).
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync + 'static {
    /// Records a message, leased to the caller. With `first` it also [begins](Self::begin) the
    /// attempt at that gateway, in the same act.
    ///
    /// A message is opened once: of concurrent calls with one id exactly one is [`Opened::New`],
    /// and the others change nothing. After [`OutboxError::NotWritten`] the message never appears
    /// in the record, so the caller may report that it is not sent.
    async fn open(
        &self,
        entry: &Entry,
        lease: Lease,
        first: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Opened, OutboxError>;

    /// Records that the message is about to be handed to `gateway`, in doubt until its end is
    /// recorded, and renews the lease to `lease.until`. A byte may be sent only after
    /// [`LeaseCheck::Held`], and the record is durable then.
    ///
    /// Of this and a concurrent [`claim`](Self::claim), either this call is lost, or the claim
    /// returns the attempt. Another attempt at the same gateway keeps the moment at which the first
    /// one began; an accepted or refused attempt stays so.
    async fn begin(
        &self,
        id: Uuid,
        lease: Lease,
        gateway: &str,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Records the end of an attempt that this lease began last at its gateway.
    async fn end(&self, id: Uuid, token: Uuid, end: End<'_>) -> Result<LeaseCheck, OutboxError>;

    /// Closes the message: it is not sent any more, and its content is wiped. Its attempts are kept
    /// for receipts and statistics. With `last` it also [ends](Self::end) that attempt, in the same
    /// act; the result is that of the closing.
    async fn settle(
        &self,
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Ends the lease and leaves the message open, to be claimed as [`Idle::Due`] from `due` on, or
    /// as soon as a [`receipt`](Self::receipt) reports that it was not delivered. `last` is as in
    /// [`settle`](Self::settle).
    async fn defer(
        &self,
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        due: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Leases up to `limit` messages that are open, not expired and idle in that way, in the order
    /// in which they expired or became due.
    ///
    /// Must be atomic for each message: of concurrent calls exactly one gets it.
    async fn claim(
        &self,
        idle: Idle,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, OutboxError>;

    /// Records a receipt that came at `now`.
    ///
    /// It counts for the attempt at `gateway` that was accepted under its id within the
    /// [`RECEIPT_WINDOW`], and only forward: order and number of receipts make no difference. A
    /// receipt of failure makes a deferred message due, before all messages that are due by time;
    /// it does not end a lease.
    ///
    /// A receipt may arrive before the gateway's answer, or before the record of that answer: then
    /// it is [`ReceiptEffect::Early`], and has to be presented again. Of this and a concurrent
    /// [`end`](Self::end), either the receipt is early, or it counts.
    async fn receipt(
        &self,
        gateway: &str,
        receipt: &Receipt,
        now: OffsetDateTime,
    ) -> Result<ReceiptEffect, OutboxError>;

    /// Records the delivery status that `gateway` reported for an accepted message in answer to a
    /// query. It counts like a [`receipt`](Self::receipt); returns whether it was new.
    async fn found(
        &self,
        id: Uuid,
        gateway: &str,
        delivery: Delivery,
        code: &str,
    ) -> Result<bool, OutboxError>;

    /// Records that the code in the message was redeemed, so that the message arrived, through any
    /// attempt. Counts for each attempt that may have delivered it; returns whether it was new.
    async fn redeemed(&self, id: Uuid) -> Result<bool, OutboxError>;

    /// Gateways and countries of the attempts that may have delivered a message: accepted or in doubt.
    async fn ways(&self, which: Which<'_>) -> Result<Vec<Way>, OutboxError> {
        _ = which;
        Ok(Vec::new())
    }

    /// Records what `gateway` charges for an accepted message; returns whether there is such an attempt.
    /// A later bill replaces an earlier one, because some gateways only estimate it at first, but what it
    /// does not tell stays.
    async fn billed(
        &self,
        attempt: Billed<'_>,
        gateway: &str,
        bill: Bill,
    ) -> Result<bool, OutboxError> {
        _ = (attempt, gateway, bill);
        Ok(false)
    }

    /// Sums of the bills of attempts that began in `[from, to)`, sorted by gateway, country and currency.
    async fn costs(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Cost>, OutboxError> {
        _ = (from, to);
        Ok(Vec::new())
    }

    /// Statistics of the attempts that began in `[from, to)`, sorted by gateway, country and
    /// carrier.
    async fn figures(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Figure>, OutboxError>;

    /// Number of messages that were settled in `[from, to)` without any attempt, by country and
    /// carrier. [`figures`](Self::figures) does not include them.
    async fn untried(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Untried>, OutboxError>;

    /// Wipes the content of messages that expired by `now`, and deletes those that expired before
    /// `forget_before`; returns the number of deleted messages.
    async fn purge(
        &self,
        now: OffsetDateTime,
        forget_before: OffsetDateTime,
    ) -> Result<u64, OutboxError>;
}

/// The outbox could not answer. The cause is for the log, not for the caller.
///
/// The variants differ in what may be reported of a message that is not sent now:
/// [`NotWritten`](Self::NotWritten) requires certainty, and everything else is
/// [`Unknown`](Self::Unknown).
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// Nothing of the step is recorded, and nothing will be: the database was not reached, or
    /// refused the step or rolled it back.
    #[error("outbox could not record the step")]
    NotWritten(#[source] Box<dyn Error + Send + Sync>),
    /// The step may be recorded, wholly or in part, or may be recorded later: the connection broke,
    /// or a time limit passed, after it was sent.
    #[error("outbox did not answer")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
}

impl OutboxError {
    /// Wraps a driver's failure after which certainly nothing was recorded.
    pub fn not_written(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::NotWritten(cause.into())
    }

    /// Wraps a driver's failure after which the record is uncertain.
    pub fn unknown(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unknown(cause.into())
    }
}
