use std::{fmt, time::Duration};

use async_trait::async_trait;
use passport_codes::{Code, StoredCode};
use passport_user::PhoneNumber;
use uuid::{Builder, Uuid};

use crate::{BoxError, ChallengeSeed, CodePurpose};

/// Brings a code to the owner of a number.
#[async_trait]
pub trait CodeSender: fmt::Debug + Send + Sync + 'static {
    /// Sends `message`, once, and says what is known of it.
    async fn send(&self, message: &CodeMessage) -> SendOutcome;

    /// Takes note that the code of this message was typed in, so the message arrived.
    ///
    /// It returns at once and cannot fail: what it knows is for figures, and no sign-up waits for
    /// them.
    fn redeemed(&self, message: MessageId);
}

/// Id of a message and of the code in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId(Uuid);

impl MessageId {
    /// Id of the message that brings `code`. It is derived and not drawn, so that redeeming the code
    /// tells which message it came by, without another store.
    ///
    /// It begins with the moment at which the code expires, in milliseconds (48 bits, as in a UUID of
    /// version 7). Later messages have greater ids, so that the index entries of recent messages are
    /// next to each other: with random ids, each write of a message reads and logs another page.
    pub(crate) fn of(code: &StoredCode) -> Self {
        let milliseconds = code.expires_at.unix_timestamp_nanos().div_euclid(1_000_000);
        let mut bytes = code.fingerprint();
        bytes[..6].copy_from_slice(&milliseconds.to_be_bytes()[10..]);
        Self(Builder::from_custom_bytes(bytes).into_uuid())
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

/// The languages that messages are written in and challenges are spoken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    ZhHans,
    /// English.
    En,
}

/// Outcome of sending a message.
#[derive(Debug)]
pub enum SendOutcome {
    /// A gateway took it.
    Accepted,
    /// It was not sent, because the number cannot get messages.
    RecipientRefused(BoxError),
    /// It was not sent.
    NotSent(BoxError),
    /// It was not sent, because it could not be put on record before.
    NotRecorded(BoxError),
    /// It may have been sent: the connection broke before the answer came.
    Unknown(BoxError),
}

/// Makes the challenge by which a person proves to be one: a text to be read or heard.
///
/// All of it follows from the seed: one seed gives the same answer, picture and sound each time and
/// on each node. Take the randomness of each part from [`ChallengeSeed::rng`] under a name of its
/// own, so that a picture tells no more of the answer than it shows.
pub trait ChallengeRenderer: fmt::Debug + Send + Sync + 'static {
    /// The answer, in normal form. Cheap enough for the executor's threads.
    fn answer(&self, seed: &ChallengeSeed) -> Code;

    /// Draws the answer. It is computation: it is called off the executor's threads.
    ///
    /// # Errors
    ///
    /// When the picture could not be drawn.
    fn draw(&self, seed: &ChallengeSeed) -> Result<Picture, BoxError>;

    /// Says the answer in that language. It is computation, as [`draw`](Self::draw) is.
    ///
    /// # Errors
    ///
    /// When the sound could not be made.
    fn speak(&self, seed: &ChallengeSeed, language: Locale) -> Result<Sound, BoxError>;

    /// Writes a guess in the form in which answers are drawn, so that case and width do not matter.
    fn normalise(&self, guess: &str) -> String;
}

/// An encoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Tells the size, not the bytes: whoever reads a log could read the picture.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// An encoded sound.
#[derive(Clone, PartialEq, Eq)]
pub struct Sound {
    /// Such as `audio/wav`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Tells the size, not the bytes.
impl fmt::Debug for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sound({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU32, time::Duration};

    use passport_codes::CodeDigest;
    use time::{OffsetDateTime, macros::datetime};

    use super::*;

    fn id(digest: u8, expires_at: OffsetDateTime) -> Uuid {
        let digest = CodeDigest::from_bytes([digest; 32]);
        MessageId::of(&StoredCode { digest, tries_left: NonZeroU32::MIN, expires_at }).as_uuid()
    }

    #[test]
    fn ids_of_later_codes_are_greater() {
        let mut at = datetime!(2026-11-22 09:43:30 UTC);
        for digest in 0..=255 {
            let before = id(digest, at);
            at += Duration::from_millis(1);
            assert!(id(digest.wrapping_mul(7), at) > before, "{at}");
        }
    }

    #[test]
    fn an_id_names_one_code() {
        let at = datetime!(2026-11-22 09:43:30.123_456 UTC);
        assert_eq!(id(7, at), id(7, at));
        assert_ne!(id(7, at), id(8, at), "other digits");
        assert_ne!(id(7, at), id(7, at + Duration::from_millis(1)), "the same digits, later");
        assert_eq!(id(7, at).get_version_num(), 8);
    }
}
