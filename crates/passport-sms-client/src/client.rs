use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::message::Message;
use crate::outcome::{Class, Outcome};
use crate::receipts::ReceiptReader;

pub use crate::client::capabilities::{
    Capabilities, ContentKind, IdempotencyWindow, Receipts, Resend,
};
pub use crate::client::finding::{Delivery, Finding, Receipt};
pub use crate::client::message_kind::{Gap, MessageKind};

mod capabilities;
mod finding;
mod message_kind;

/// A client that sends short messages.
#[async_trait]
pub trait SmsClient: fmt::Debug + Send + Sync + 'static {
    /// Promises of the gateway, on which the decision about another attempt is based.
    fn capabilities(&self) -> Capabilities;

    /// Whether the gateway has content for messages of that kind and serves their destination. Used
    /// to choose a gateway, and to report uncovered messages at start-up.
    ///
    /// # Errors
    ///
    /// The missing part. [`send`](Self::send) then refuses such a message before anything is sent.
    fn covers(&self, kind: &MessageKind) -> Result<(), Gap>;

    /// Attempts to send `message` once, and returns its outcome.
    ///
    /// The outcome never claims more than is known: see [`Outcome`] for what each variant promises
    /// and which of them allow another attempt. An implementation does not repeat a request on its
    /// own after a byte of it may have been sent, has a time limit, and writes neither the code nor
    /// the whole number to a log or an error. (A development gateway, which exists to show
    /// messages, may log their text.)
    ///
    /// `message.id` is the idempotency key: the same id is the same message, whichever gateway it
    /// goes through. Dropping the future abandons the message in an unknown state.
    async fn send(&self, message: &Message) -> Outcome;

    /// Queries the gateway for `message`, which was handed over at `sent_at` or later.
    ///
    /// [`Finding::HasNot`] requires certainty: an empty list that may fill up in the next second is
    /// [`Finding::Unsure`]. The query sends no message, and has the same rules for time limits
    /// and logs as [`send`](Self::send).
    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        _ = (message, sent_at);
        Finding::Unsupported
    }
}

/// Destination of a [`Route`](crate::Route): a client that may also push receipts.
pub trait Gateway: SmsClient {
    /// The reader of the receipts that the gateway pushes; `None` if
    /// [`Capabilities::receipts`] is [`Receipts::None`].
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        None
    }

    /// The class of the code with which an [`Undelivered`](Delivery::Undelivered) receipt or
    /// [`find`](SmsClient::find) reports a failure. A code without a documented meaning is
    /// [`Class::UnknownCode`].
    fn delivery_class(&self, code: &str) -> Class {
        _ = code;
        Class::UnknownCode
    }
}
