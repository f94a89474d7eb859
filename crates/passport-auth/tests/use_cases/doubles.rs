//! A gateway, a renderer and a hasher that record what they do.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use passport_auth::{
    AccountNotice, BoxError, ChallengeRenderer, ChallengeSeed, CodeMessage, CodeSender, Drawing,
    Locale, MessageId, NoticeSender, Picture, SendOutcome, Sound,
};
use passport_codes::Code;
use passport_user::{
    BcryptCost, BcryptSha256, Password, PasswordHash, PasswordHasher, PhoneNumber, UnsupportedHash,
    Verification,
};
use rand::{CryptoRng, Rng};
use tokio::{sync::oneshot, task::yield_now};

/// Accepts every message, unless its script contains another outcome.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    messages: Mutex<Vec<CodeMessage>>,
    redeemed: Mutex<Vec<MessageId>>,
    notices: Mutex<Vec<(PhoneNumber, AccountNotice)>>,
    script: Mutex<VecDeque<(SendOutcome, Option<oneshot::Receiver<()>>)>>,
}

impl Gateway {
    /// Sets the outcome of the next message.
    pub(crate) fn answer(&self, delivery: SendOutcome) {
        lock(&self.script).push_back((delivery, None));
    }

    /// Sets the outcome of the next message, which is returned once the result is dropped.
    pub(crate) fn answer_late(&self, delivery: SendOutcome) -> oneshot::Sender<()> {
        let (release, gate) = oneshot::channel();
        lock(&self.script).push_back((delivery, Some(gate)));
        release
    }

    /// Messages in the order of their sending.
    pub(crate) fn messages(&self) -> Vec<CodeMessage> {
        lock(&self.messages).clone()
    }

    /// Messages whose codes were redeemed.
    pub(crate) fn redeemed(&self) -> Vec<MessageId> {
        lock(&self.redeemed).clone()
    }

    /// Notices in the order of their sending.
    pub(crate) fn notices(&self) -> Vec<(PhoneNumber, AccountNotice)> {
        lock(&self.notices).clone()
    }

    /// Code of the last message.
    pub(crate) fn last_code(&self) -> Code {
        lock(&self.messages).last().expect("there was a message").code.clone()
    }
}

impl NoticeSender for Gateway {
    fn send(&self, phone: &PhoneNumber, notice: AccountNotice, _: Locale) {
        lock(&self.notices).push((phone.clone(), notice));
    }
}

#[async_trait]
impl CodeSender for Gateway {
    async fn send(&self, message: &CodeMessage) -> SendOutcome {
        yield_now().await;
        lock(&self.messages).push(message.clone());
        let scripted = lock(&self.script).pop_front();
        let (delivery, gate) = scripted.unwrap_or((SendOutcome::Accepted, None));
        if let Some(gate) = gate {
            gate.await.expect_err("nothing is sent through the gate");
        }
        yield_now().await;
        delivery
    }

    fn redeemed(&self, message: MessageId) {
        lock(&self.redeemed).push(message);
    }
}

/// Answer of every challenge.
pub(crate) const ANSWER: &str = "k7m2x";

/// Gives every challenge [`ANSWER`], and a picture and a sound that depend on the seed; or fails.
#[derive(Debug, Default)]
pub(crate) struct Renderer {
    pub(crate) is_broken: bool,
}

impl ChallengeRenderer for Renderer {
    fn answer(&self, _: &ChallengeSeed) -> Code {
        Code::from_text(ANSWER.to_owned())
    }

    fn draw(&self, seed: &ChallengeSeed) -> Result<Drawing, BoxError> {
        if self.is_broken {
            return Err("out of ink".into());
        }
        let picture = |part| Picture { media_type: "image/png", bytes: bytes(seed, part) };
        Ok(Drawing { light: picture("picture"), dark: picture("dark picture") })
    }

    fn speak(&self, seed: &ChallengeSeed, language: Locale) -> Result<Sound, BoxError> {
        if self.is_broken {
            return Err("out of breath".into());
        }
        let part = match language {
            Locale::ZhHans | Locale::ZhHant => "sound zh",
            Locale::En => "sound en",
        };
        Ok(Sound { media_type: "audio/wav", bytes: bytes(seed, part) })
    }

    fn normalise(&self, guess: &str) -> String {
        guess.to_lowercase()
    }
}

/// Bytes that differ by seed and part.
pub(crate) fn bytes(seed: &ChallengeSeed, part: &str) -> Vec<u8> {
    seed.rng(part).next_u64().to_be_bytes().to_vec()
}

/// bcrypt at a low cost, which records its comparisons.
#[derive(Debug)]
pub(crate) struct Hasher {
    bcrypt: BcryptSha256,
    compared: Mutex<Vec<String>>,
}

impl Hasher {
    pub(crate) fn new(cost: u32) -> Self {
        let cost = BcryptCost::new(cost).expect("the cost is within bounds");
        Self { bcrypt: BcryptSha256::new(cost), compared: Mutex::default() }
    }

    /// Parameters of the hashes that were compared since the last call.
    pub(crate) fn compared(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.compared))
    }
}

impl PasswordHasher for Hasher {
    fn hash(&self, password: &Password, rng: &mut dyn CryptoRng) -> PasswordHash {
        self.bcrypt.hash(password, rng)
    }

    fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<Verification, UnsupportedHash> {
        let verification = self.bcrypt.verify(password, hash)?;
        lock(&self.compared).push(parameters(hash).to_owned());
        Ok(verification)
    }

    fn decoy(&self) -> PasswordHash {
        self.bcrypt.decoy()
    }
}

/// Parameters of a hash, such as `v=2,t=2b,r=4`.
pub(crate) fn parameters(hash: &PasswordHash) -> &str {
    hash.as_str().split('$').nth(2).unwrap_or_default()
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().expect("no test panics while it holds a double")
}
