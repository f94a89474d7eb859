use std::{fmt, time::Duration};

use async_trait::async_trait;
use passport_codes::{Code, StoredCode};
use passport_user::PhoneNumber;
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

use crate::{BoxError, ChallengeSeed, CodePurpose};

/// Sends codes to phone numbers.
#[async_trait]
pub trait CodeSender: fmt::Debug + Send + Sync + 'static {
    /// Sends `message` once and returns what is known of its delivery.
    async fn send(&self, message: &CodeMessage) -> SendOutcome;

    /// Records that the code of this message was redeemed, which proves that the message arrived.
    ///
    /// Returns immediately and cannot fail, because the record serves statistics and no sign-up may wait
    /// for it.
    fn redeemed(&self, message: MessageId);
}

/// Id of a message and of the code in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId(Uuid);

impl MessageId {
    /// Id of the message that contains `code`. The id is derived from the stored code, so that a
    /// redeemed code identifies its message without another store.
    ///
    /// The id begins with the moment at which the code expires, in milliseconds (48 bits, as in a UUID of
    /// version 7). Later messages have greater ids, so that the index entries of recent messages are
    /// next to each other: with random ids, each write of a message reads and logs another page.
    pub(crate) fn of(code: &StoredCode) -> Self {
        let milliseconds = code.expires_at.unix_timestamp_nanos().div_euclid(1_000_000);
        let mut bytes = code.fingerprint();
        bytes[..6].copy_from_slice(&milliseconds.to_be_bytes()[10..]);
        Self(Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Id for gateways and logs. It reveals nothing about the code.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// Message that contains a code.
#[derive(Debug, Clone)]
pub struct CodeMessage {
    /// Id, the same for every attempt to send the message.
    pub id: MessageId,
    /// Recipient.
    pub to: PhoneNumber,
    /// Code.
    pub code: Code,
    /// Purpose of the code.
    pub purpose: CodePurpose,
    /// Lifetime of the code.
    pub valid_for: Duration,
    /// Language of the message.
    pub locale: Locale,
}

/// Language of messages and of spoken challenges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    ZhHans,
    /// Traditional Chinese.
    ZhHant,
    /// English.
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// The language of spoken challenges: Mandarin, of one tag, for both scripts.
    #[must_use]
    pub fn spoken(self) -> Self {
        match self {
            Self::ZhHans | Self::ZhHant => Self::ZhHans,
            Self::En => Self::En,
        }
    }
}

/// Outcome of sending a message.
#[derive(Debug)]
pub enum SendOutcome {
    /// A gateway accepted the message.
    Accepted,
    /// The message was not sent, because the number cannot get messages.
    RecipientRefused(BoxError),
    /// The message was not sent, because the number has reached a cap of the gateway.
    RecipientThrottled {
        /// End of the cap, if the gateway states or documents one.
        until: Option<OffsetDateTime>,
        /// Refusal of the gateway.
        cause: BoxError,
    },
    /// The message was not sent, because no gateway sends to the number.
    NumberNotServed(BoxError),
    /// The message was not sent, because every gateway refused it, for a reason that is not known to be
    /// the number.
    MessageRefused(BoxError),
    /// The message was not sent.
    NotSent(BoxError),
    /// The message was not sent, because it could not be recorded first.
    NotRecorded(BoxError),
    /// The message may have been sent: the connection broke before the gateway's response arrived.
    Unknown(BoxError),
}

/// Renders challenges: texts that people read or hear, and programs cannot.
///
/// A seed determines answer, picture and sound, on every node. The randomness of each part has to come
/// from [`ChallengeSeed::rng`] under a name of its own, so that a picture reveals no more of the answer
/// than it shows.
pub trait ChallengeRenderer: fmt::Debug + Send + Sync + 'static {
    /// Answer, in normal form. The method must be cheap, because it runs on the executor's threads.
    fn answer(&self, seed: &ChallengeSeed) -> Code;

    /// Draws the answer. The method may compute, because it runs on worker threads.
    ///
    /// # Errors
    ///
    /// If the picture could not be drawn.
    fn draw(&self, seed: &ChallengeSeed) -> Result<Drawing, BoxError>;

    /// Speaks the answer in `language`. Runs on worker threads, as [`draw`](Self::draw) does.
    ///
    /// # Errors
    ///
    /// If the sound could not be made.
    fn speak(&self, seed: &ChallengeSeed, language: Locale) -> Result<Sound, BoxError>;

    /// Normal form of a guess, so that case and width of its characters do not matter.
    fn normalise(&self, guess: &str) -> String;
}

/// Colours of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// The picture of a challenge in the colours of each theme.
///
/// Both are one drawing, because two would be two independent chances of a program to read one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Picture for light pages.
    pub light: Picture,
    /// Picture for dark pages.
    pub dark: Picture,
}

impl Drawing {
    /// The picture for a page of this theme.
    #[must_use]
    pub fn into_theme(self, theme: Theme) -> Picture {
        match theme {
            Theme::Light => self.light,
            Theme::Dark => self.dark,
        }
    }
}

/// An encoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Media type, such as `image/png`.
    pub media_type: &'static str,
    /// Contents of the file.
    pub bytes: Vec<u8>,
}

/// Shows the size, not the bytes, because the picture can be read from a log.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// An encoded sound.
#[derive(Clone, PartialEq, Eq)]
pub struct Sound {
    /// Media type, such as `audio/wav`.
    pub media_type: &'static str,
    /// Contents of the file.
    pub bytes: Vec<u8>,
}

/// Shows the size, not the bytes.
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
        MessageId::of(&StoredCode {
            digest,
            binding: None,
            tries_left: NonZeroU32::MIN,
            expires_at,
        })
        .as_uuid()
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
