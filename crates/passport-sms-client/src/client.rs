use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::message::Message;
use crate::outcome::Outcome;
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
    /// What the gateway can promise. Whoever decides about another try goes by it.
    fn capabilities(&self) -> Capabilities;

    /// Whether it has words for such a message and serves such a number: for choosing a gateway,
    /// and for saying at start-up what nobody covers.
    ///
    /// # Errors
    ///
    /// What is missing. [`send`](Self::send) then refuses such a message, before anything leaves.
    fn covers(&self, kind: &MessageKind) -> Result<(), Gap>;

    /// Tries to send `message`, once, and says what became of it.
    ///
    /// The answer is never better than what is known: see [`Outcome`] for what each one promises
    /// and which of them allow another try. An implementation does not send a message again on its
    /// own once a byte of the request may have left, sets itself a time limit, and writes neither
    /// the code nor the whole number into a log or an error (a development gateway, whose purpose
    /// is to show the message, may write its text).
    ///
    /// `message.id` is the key against double sending: the same id is the same message, whichever
    /// gateway it goes through. Dropping the future abandons the message in an unknown state.
    async fn send(&self, message: &Message) -> Outcome;

    /// Asks the gateway whether it has `message`, which was handed to it at `sent_at` or later.
    ///
    /// [`Finding::HasNot`] is said only when it is certain: an empty list that may fill up in the
    /// next second is [`Finding::Unsure`]. Sends nothing, and keeps to the same rules for time
    /// limits and logs as [`send`](Self::send).
    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        _ = (message, sent_at);
        Finding::Unsupported
    }
}

/// A gateway as a [`Route`](crate::Route) leads to it: a client that may also push receipts.
pub trait Gateway: SmsClient {
    /// The reader of the receipts that the gateway pushes; `None` if
    /// [`Capabilities::receipts`] is [`Receipts::None`].
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        None
    }
}
