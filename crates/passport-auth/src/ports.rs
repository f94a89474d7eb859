use std::{fmt, time::Duration};

use async_trait::async_trait;
use passport_codes::{Code, StoredCode};
use passport_user::PhoneNumber;
use rand::CryptoRng;
use uuid::{Builder, Uuid};

use crate::{BoxError, CodePurpose};

/// Brings a code to the owner of a number.
#[async_trait]
pub trait CodeSender: fmt::Debug + Send + Sync + 'static {
    /// Sends `message`, once, and says what is known of it.
    async fn send(&self, message: &CodeMessage) -> Delivery;

    /// Takes note that the code of this message was typed in, so the message arrived.
    ///
    /// It returns at once and cannot fail: what it knows is for figures, and no sign-up waits for
    /// them.
    fn redeemed(&self, message: MessageId);
}

/// Names a message, and the code in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId(Uuid);

impl MessageId {
    /// The message that brings `code`. It is derived and not drawn, so that whoever redeems the
    /// code knows which message it came by, without another store.
    pub(crate) fn of(code: &StoredCode) -> Self {
        Self(Builder::from_custom_bytes(code.fingerprint()).into_uuid())
    }

    /// The id as gateways and logs see it. It says nothing about the code.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// A code on its way to a number.
#[derive(Debug, Clone)]
pub struct CodeMessage {
    /// The same for every try of this message.
    pub id: MessageId,
    /// To whom.
    pub to: PhoneNumber,
    /// The code.
    pub code: Code,
    /// What it is good for.
    pub purpose: CodePurpose,
    /// How long it is good.
    pub valid_for: Duration,
    /// In which language.
    pub locale: Locale,
}

/// The languages that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    ZhHans,
    /// English.
    En,
}

/// What became of a message.
#[derive(Debug)]
pub enum Delivery {
    /// A gateway took it.
    Accepted,
    /// It was not sent, because the number cannot get messages.
    RecipientRefused(BoxError),
    /// It was not sent.
    NotSent(BoxError),
    /// It may have been sent: the connection broke before the answer came.
    Unknown(BoxError),
}

/// Makes the picture by which a person proves to be one.
///
/// It is computation: the use case calls it off the executor's threads.
pub trait ChallengeRenderer: fmt::Debug + Send + Sync + 'static {
    /// Draws an answer and its picture from `rng`.
    ///
    /// # Errors
    ///
    /// When the picture could not be drawn.
    fn draw(&self, rng: &mut dyn CryptoRng) -> Result<Drawing, BoxError>;

    /// Writes a guess in the form in which answers are drawn, so that case and width do not matter.
    fn normalise(&self, guess: &str) -> String;
}

/// A picture and the answer that it shows, made as one value.
#[derive(Debug)]
pub struct Drawing {
    /// What the picture shows, in normal form.
    pub answer: Code,
    /// What the person sees.
    pub picture: Picture,
}

/// An encoded picture.
#[derive(Clone)]
pub struct Picture {
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.media_type, self.bytes.len())
    }
}
