use std::fmt;
use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::CryptoRng;
use uuid::Uuid;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::message::{Custom, Intent, Locale, Message, Notice, Purpose};
use crate::outbox::SealedMessage;

const NONCE: usize = 24;

/// Key under which messages are sealed in an outbox: XChaCha20-Poly1305, with the id of the message
/// as associated data, so that contents cannot be exchanged between messages.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SealingKey {
    bytes: [u8; 32],
    /// Former keys, whose messages can still be opened.
    former: Vec<[u8; 32]>,
}

impl SealingKey {
    /// Takes 32 secret bytes, the same on every node that shares the outbox. After a change of the
    /// key, earlier messages can be resumed only [`with_former`](Self::with_former).
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, former: Vec::new() }
    }

    /// Opens messages that were sealed under a former key too.
    #[must_use]
    pub fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(bytes);
        self
    }

    /// Seals number, content and language of `message`. The nonce is drawn from `rng`; it is so
    /// long that nonces do not repeat.
    ///
    /// # Panics
    ///
    /// Never, because a message is shorter than the 256 GiB that the cipher accepts.
    pub fn seal(&self, message: &Message, rng: &mut dyn CryptoRng) -> SealedMessage {
        let mut bytes = vec![0; NONCE];
        rng.fill_bytes(&mut bytes);
        let plain = write(message);
        let payload = Payload { msg: plain.as_bytes(), aad: message.id.as_bytes() };
        let nonce = nonce(&bytes);
        let sealed = XChaCha20Poly1305::new((&self.bytes).into())
            .encrypt(&nonce, payload)
            .expect("a message is shorter than 256 GiB");
        bytes.extend(sealed);
        SealedMessage::from_bytes(bytes)
    }

    /// Opens the sealed message with that id.
    ///
    /// # Errors
    ///
    /// It was sealed under an unknown key or for another id, is damaged or wiped, or has content that
    /// this version does not know.
    pub fn open(&self, id: Uuid, sealed: &SealedMessage) -> Result<Message, UnsealError> {
        let (nonce_bytes, sealed) = sealed.as_bytes().split_at_checked(NONCE).ok_or(UnsealError)?;
        let open = |bytes: &[u8; 32]| {
            let payload = Payload { msg: sealed, aad: id.as_bytes() };
            XChaCha20Poly1305::new(bytes.into()).decrypt(&nonce(nonce_bytes), payload).ok()
        };
        let mut keys = std::iter::once(&self.bytes).chain(&self.former);
        let plain = keys.find_map(open).map(Zeroizing::new).ok_or(UnsealError)?;
        std::str::from_utf8(&plain).ok().and_then(|plain| read(id, plain)).ok_or(UnsealError)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// A sealed message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed message cannot be opened: it has another key or id, or is damaged")]
pub struct UnsealError;

fn nonce(bytes: &[u8]) -> XNonce {
    let mut nonce = XNonce::default();
    nonce.copy_from_slice(bytes);
    nonce
}

/// One line each for format, number, language and intent; none of them contains a line feed.
fn write(Message { to, intent, locale, .. }: &Message) -> Zeroizing<String> {
    let (to, locale) = (to.as_str(), locale.as_str());
    Zeroizing::new(match intent {
        Intent::Code { purpose, code, valid_for } => {
            let (purpose, code, seconds) = (purpose.as_str(), code.expose(), valid_for.as_secs());
            format!("1\n{to}\n{locale}\ncode\n{purpose}\n{code}\n{seconds}")
        }
        Intent::Notice(notice) => format!("1\n{to}\n{locale}\nnotice\n{}", notice.as_str()),
        Intent::Custom(content) => {
            let (topic, seconds) = (content.topic().as_str(), content.validity().as_secs());
            let text = escape(content.expose_text());
            let mut plain =
                format!("1\n{to}\n{locale}\ncustom\n{topic}\n{seconds}\n{}", text.as_str());
            for (name, value) in content.variables() {
                for part in [name, &escape(value)] {
                    plain.push('\n');
                    plain.push_str(part);
                }
            }
            plain
        }
    })
}

fn read(id: Uuid, text: &str) -> Option<Message> {
    let lines: Vec<_> = text.split('\n').collect();
    let (to, locale, intent) = match lines.as_slice() {
        ["1", to, locale, "code", purpose, code, seconds] => {
            let purpose = Purpose::ALL.into_iter().find(|it| it.as_str() == *purpose)?;
            let valid_for = Duration::from_secs(seconds.parse().ok()?);
            (to, locale, Intent::Code { purpose, code: code.parse().ok()?, valid_for })
        }
        ["1", to, locale, "notice", notice] => {
            let notice = Notice::ALL.into_iter().find(|it| it.as_str() == *notice)?;
            (to, locale, Intent::Notice(notice))
        }
        ["1", to, locale, "custom", topic, seconds, text, variables @ ..] => {
            let valid_for = Duration::from_secs(seconds.parse().ok()?);
            let content = Custom::new(topic, &unescape(text)).ok()?.valid_for(valid_for);
            let (pairs, []) = variables.as_chunks::<2>() else { return None };
            let content = pairs.iter().try_fold(content, |content, [name, value]| {
                content.with(name, &unescape(value)).ok()
            })?;
            (to, locale, Intent::Custom(content))
        }
        _ => return None,
    };
    let locale = Locale::ALL.into_iter().find(|it| it.as_str() == *locale)?;
    Some(Message { id, to: to.parse().ok()?, intent, locale })
}

/// The text on one line.
fn escape(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.replace('\\', "\\\\").replace('\n', "\\n"))
}

fn unescape(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' if chars.next() == Some('n') => '\n',
            c => c,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn message(intent: Intent) -> Message {
        let (id, to) = (Uuid::from_u128(7), "+8613800138000".parse().unwrap());
        Message { id, to, intent, locale: Locale::ZhHant }
    }

    fn code() -> Message {
        message(Intent::Code {
            purpose: Purpose::Reset,
            code: "004217".parse().unwrap(),
            valid_for: Duration::from_mins(5),
        })
    }

    fn rng() -> StdRng {
        StdRng::seed_from_u64(1)
    }

    #[test]
    fn opening_reverses_sealing() {
        let key = SealingKey::new([7; 32]);
        let notices = Notice::ALL.into_iter().map(|it| message(Intent::Notice(it)));
        let codes = Purpose::ALL.into_iter().map(|purpose| {
            let mut message = code();
            if let Intent::Code { purpose: of_message, .. } = &mut message.intent {
                *of_message = purpose;
            }
            message
        });
        for message in codes.chain(notices) {
            let opened = key.open(message.id, &key.seal(&message, &mut rng())).unwrap();
            assert_eq!(write(&opened), write(&message));
            assert_eq!(opened.id, message.id);
            assert_eq!(opened.intent.topic(), message.intent.topic());
        }
    }

    #[test]
    fn l4_words_of_the_application_are_sealed_as_they_are() {
        let key = SealingKey::new([7; 32]);
        for text in ["a", "a\n\nb", "\\n \\\\ \\", "1\ncode\nlogin\n123456\n300", "验证码 \n@a #1"]
        {
            let content = Custom::new("order-shipped", text).unwrap();
            let content = content.with("path", "C:\\new\\").unwrap().with("n", "4711").unwrap();
            let message = message(Intent::Custom(content.valid_for(Duration::from_secs(90))));
            let opened = key.open(message.id, &key.seal(&message, &mut rng())).unwrap();
            let Intent::Custom(opened) = opened.intent else { panic!("it is custom") };
            assert_eq!((opened.expose_text(), opened.topic().as_str()), (text, "order-shipped"));
            assert_eq!(opened.expose_variable("path"), Some("C:\\new\\"));
            assert_eq!(opened.expose_variable("n"), Some("4711"));
            assert_eq!(opened.validity(), Duration::from_secs(90));
        }
    }

    #[test]
    fn sealed_messages_show_nothing_and_differ() {
        let (key, mut rng) = (SealingKey::new([7; 32]), rng());
        let sealed = [key.seal(&code(), &mut rng), key.seal(&code(), &mut rng)];
        assert_ne!(sealed[0], sealed[1]);
        for part in ["004217", "13800138000", "reset", "8000"] {
            for sealed in &sealed {
                let found = sealed.as_bytes().windows(part.len()).any(|it| it == part.as_bytes());
                assert!(!found, "{part}");
            }
        }
        assert_eq!(format!("{key:?}"), "SealingKey(…)");
    }

    #[test]
    fn another_key_id_or_byte_opens_nothing() {
        let key = SealingKey::new([7; 32]);
        let (message, sealed) = (code(), key.seal(&code(), &mut rng()));
        assert!(SealingKey::new([8; 32]).open(message.id, &sealed).is_err());
        let both = SealingKey::new([8; 32]).with_former([7; 32]);
        assert!(both.open(message.id, &sealed).is_ok());
        let resealed = both.seal(&message, &mut rng());
        assert!(key.open(message.id, &resealed).is_err(), "the present key seals");
        assert!(key.open(Uuid::from_u128(8), &sealed).is_err(), "sealed for another id");
        for index in 0..sealed.as_bytes().len() {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[index] ^= 1;
            assert!(key.open(message.id, &SealedMessage::from_bytes(bytes)).is_err(), "{index}");
        }
        for length in [0, 1, NONCE, NONCE + 15] {
            let short = SealedMessage::from_bytes(&sealed.as_bytes()[..length]);
            assert!(key.open(message.id, &short).is_err(), "{length}");
        }
    }
}
