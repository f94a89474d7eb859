use std::fmt;

use async_trait::async_trait;

use crate::message::Message;
use crate::outcome::Outcome;

/// A gateway that takes short messages.
#[async_trait]
pub trait SmsClient: fmt::Debug + Send + Sync + 'static {
    /// The name of the gateway in settings, logs and figures: lower case, never changing.
    fn name(&self) -> &str;

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
}
