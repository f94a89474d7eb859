//! Messages on record, so that a process may die at any moment.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::{Delivery, Receipt};

pub use crate::outbox::figures::{Figure, Untried};
pub use crate::outbox::record::{
    Attempt, AttemptStatus, Claimed, Entry, Idle, Lease, LeaseCheck, Opened, ReceiptEffect,
    SealedMessage,
};

mod figures;
mod record;

/// For how long after an attempt began a receipt for it is taken: some gateways push them three
/// days late.
pub const RECEIPT_WINDOW: Duration = Duration::from_hours(72);

/// Holds messages while they are being sent, and what became of them after.
///
/// Whoever opens a message leases it: until the lease lapses nobody else touches it, and after that
/// another process takes it over with what is on record. A lease is known by its token, not by its
/// time, so a process that was asleep beyond its end cannot go on: each of its steps answers
/// [`LeaseCheck::Lost`].
///
/// A message that a gateway took can be [laid aside](Self::defer): then nobody has it, and somebody
/// [claims](Self::claim) it again when it is due, to see what became of it.
///
/// Numbers and codes come in sealed and are wiped as soon as nobody needs them; of the number only
/// the country and the carrier's digits lie in clear, for the figures.
///
/// Time enters as `now`; nodes that share an outbox keep their clocks together (NTP is enough).
/// Whoever implements this runs `outbox_contract!` (feature `testing`).
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync + 'static {
    /// Puts a message on record, leased to the caller.
    ///
    /// A message is opened once: of concurrent calls with one id exactly one is [`Opened::New`], and
    /// the others change nothing. After [`OutboxError::NotWritten`] nobody ever finds it here, so
    /// that whoever wanted it may be told that it is not sent.
    async fn open(
        &self,
        entry: &Entry,
        lease: Lease,
        now: OffsetDateTime,
    ) -> Result<Opened, OutboxError>;

    /// Puts on record that the message is about to be handed to `gateway`, in doubt until it is said
    /// otherwise, and renews the lease to `lease.until`. Only after [`LeaseCheck::Held`] a byte may
    /// leave, and the record is durable then.
    ///
    /// Of this and a [`claim`](Self::claim) at the same time, either this is lost, or whoever
    /// claims sees the attempt. Another attempt at the same gateway keeps the moment at which the
    /// first one began; one that was accepted or refused stays so.
    async fn begin(
        &self,
        id: Uuid,
        lease: Lease,
        gateway: &str,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Puts on record what is known of the message at `gateway`, where this lease began the last
    /// attempt.
    async fn end(
        &self,
        id: Uuid,
        token: Uuid,
        gateway: &str,
        status: AttemptStatus,
        provider_id: Option<&str>,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Closes the message: it is not sent any more, and its content is wiped. What is known of its
    /// attempts stays, for receipts and figures.
    async fn settle(
        &self,
        id: Uuid,
        token: Uuid,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Ends the lease and leaves the message open, for somebody to claim as [`Idle::Due`] from `due`
    /// on, or as soon as a [`receipt`](Self::receipt) says that it was not delivered.
    async fn defer(
        &self,
        id: Uuid,
        token: Uuid,
        due: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError>;

    /// Leases up to `limit` messages that are open, not expired and idle in that way, the longest
    /// lapsed or due first.
    ///
    /// Must be atomic for each message: of concurrent calls exactly one gets it.
    async fn claim(
        &self,
        idle: Idle,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, OutboxError>;

    /// Takes note of a receipt that came at `now`.
    ///
    /// It counts for the attempt at `gateway` that was accepted under its id within the
    /// [`RECEIPT_WINDOW`], and only forward: the order in which receipts come makes no difference,
    /// and neither does their number. One that says that the message was not delivered makes a
    /// message due that was laid aside, before every one that is due by its time; it takes none out
    /// of anybody's hands.
    ///
    /// A gateway may be quicker with its receipt than with its answer, or than the record of that:
    /// then it is [`ReceiptEffect::Early`], and to be shown once more. Of this and an [`end`](Self::end) at
    /// the same time, either this is early, or it counts.
    async fn receipt(
        &self,
        gateway: &str,
        receipt: &Receipt,
        now: OffsetDateTime,
    ) -> Result<ReceiptEffect, OutboxError>;

    /// Takes note of what `gateway` said of a message that it accepted, when it was asked; counts
    /// like a [`receipt`](Self::receipt), and answers whether it said something new.
    async fn found(
        &self,
        id: Uuid,
        gateway: &str,
        delivery: Delivery,
        code: &str,
    ) -> Result<bool, OutboxError>;

    /// The code in the message was typed in: whichever attempt brought it, it arrived. Counts for
    /// each attempt that may have; answers whether that is news.
    async fn redeemed(&self, id: Uuid) -> Result<bool, OutboxError>;

    /// What became of the attempts that began in `[from, to)`, by gateway, country and carrier, in
    /// this order.
    async fn figures(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Figure>, OutboxError>;

    /// How many messages were settled in `[from, to)` without any attempt, by country and carrier, in
    /// this order: [`figures`](Self::figures) has nothing of them.
    async fn untried(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Untried>, OutboxError>;

    /// Wipes the content of messages that expired by `now`, and forgets those that expired before
    /// `forget_before` altogether; answers how many were forgotten.
    async fn purge(
        &self,
        now: OffsetDateTime,
        forget_before: OffsetDateTime,
    ) -> Result<u64, OutboxError>;
}

/// The outbox could not answer. The cause is for the log, not for the caller.
///
/// The two differ in what may be told of a message that is not sent now. Whoever implements
/// [`Outbox`] answers [`NotWritten`](Self::NotWritten) only where it is certain, and says
/// [`Unknown`](Self::Unknown) otherwise.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// Nothing of the step is on record, and nothing will be: nobody was there to be asked, or the
    /// database refused the step or took it back.
    #[error("outbox could not take the step")]
    NotWritten(#[source] Box<dyn Error + Send + Sync>),
    /// The step may be on record, all or some of it, or come on record yet: after it had left, the
    /// connection broke or a time limit passed.
    #[error("outbox did not answer")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
}

impl OutboxError {
    /// Wraps the failure of a driver that certainly left nothing behind.
    pub fn not_written(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::NotWritten(cause.into())
    }

    /// Wraps the failure of a driver after which nobody knows.
    pub fn unknown(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unknown(cause.into())
    }
}
