use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_user::{
    AccountEvent, OperatorName, OperatorToken, OperatorTokenId, OperatorTokenRepository, Scopes,
    TokenDigest,
};
use rand::{CryptoRng, rng};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Clock, Denied, Detached, Operator, Unavailable,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Adds, lists and removes tokens for the API for operators.
#[derive(Debug, Clone)]
pub struct OperatorTokens {
    /// Repository of tokens.
    pub tokens: Arc<dyn OperatorTokenRepository>,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// A token to be added.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Name, which no other token has.
    pub name: OperatorName,
    /// What it allows.
    pub scopes: Scopes,
    /// Time until it is refused.
    pub expires_in: Option<Duration>,
}

impl OperatorTokens {
    /// Adds a token; returns its secret text, which is kept nowhere.
    ///
    /// # Errors
    ///
    /// See [`TokenError`].
    pub async fn add(
        &self,
        new: NewToken,
        operator: &Operator,
    ) -> Result<(OperatorSecret, OperatorToken), TokenError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator));
        let created_at = self.clock.now().truncate_to_microsecond();
        let NewToken { name, scopes, expires_in } = new;
        let secret = OperatorSecret::generate(OperatorTokenId::new(created_at), &mut rng());
        let token = OperatorToken {
            id: secret.id,
            name,
            digest: secret.digest(),
            scopes,
            created_at,
            expires_at: expires_in.map(|expires_in| created_at + expires_in),
            last_used_at: None,
        };
        let act = |mut event: AccountEvent| async move {
            _ = token.describe(&mut event);
            let is_added = this.tokens.insert(&token, &event).await.map_err(Denied::from)?;
            is_added.then_some(token).ok_or(TokenError::NameTaken)
        };
        let added = self.detached.perform(Operation::AddToken, subject, act).await?;
        Ok((secret, added))
    }

    /// All tokens, also expired ones, without their secrets.
    ///
    /// # Errors
    ///
    /// If the repository could not answer. The caller logs the cause.
    pub async fn list(&self) -> Result<Vec<OperatorToken>, Unavailable> {
        Ok(self.tokens.list().await?)
    }

    /// Removes the token with this name or id: it is refused from now on. Returns false if there is
    /// none.
    ///
    /// # Errors
    ///
    /// See [`TokenError`].
    pub async fn remove(&self, name: &str, operator: &Operator) -> Result<bool, TokenError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator));
        let name = name.to_owned();
        let act = |mut event: AccountEvent| async move {
            let tokens = this.tokens.list().await.map_err(Denied::from)?;
            let is_named = |it: &OperatorToken| {
                it.name.as_str() == name || Uuid::parse_str(&name) == Ok(it.id.as_uuid())
            };
            let Some(token) = tokens.into_iter().find(|it| is_named(it)) else { return Ok(None) };
            _ = token.describe(&mut event);
            let removed = this.tokens.remove(token.id, &event).await.map_err(Denied::from)?;
            Ok::<_, TokenError>(removed.then_some(token))
        };
        let removed = self.detached.perform(Operation::RemoveToken, subject, act).await?;
        Ok(removed.is_some())
    }
}

impl Effect for OperatorToken {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        event.detail.insert("token".to_owned(), self.name.to_string());
        event.detail.insert("scopes".to_owned(), self.scopes.to_string());
        true
    }
}

/// Reason why a token was not added or removed.
#[derive(Debug, Error)]
pub enum TokenError {
    /// A store could not answer. The change may have been made.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// Another token has the name.
    #[error("there is a token with this name")]
    NameTaken,
}

impl Refused for TokenError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NameTaken => "name-taken",
        }
    }
}

/// A token as a program sends it: the id, and 256 random bits.
///
/// The text begins with `ppo_`, by which scanners of source code find tokens. `Debug` does not show it.
#[derive(Clone)]
pub struct OperatorSecret {
    id: OperatorTokenId,
    secret: Secret,
}

#[derive(Clone, ZeroizeOnDrop)]
struct Secret([u8; 32]);

/// Begin of each text.
const PREFIX: &str = "ppo_";
/// Characters of an id.
const ID: usize = 32;

impl OperatorSecret {
    fn generate(id: OperatorTokenId, rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        let secret = Secret(bytes);
        bytes.zeroize();
        Self { id, secret }
    }

    /// The token of this text, if it has the form of one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_at_checked(ID)?;
        let is_lower_hex = |it: u8| matches!(it, b'0'..=b'9' | b'a'..=b'f');
        let id = id.bytes().all(is_lower_hex).then(|| Uuid::parse_str(id).ok())??;
        let mut bytes = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(secret.strip_prefix('_')?, &mut *bytes) {
            Ok(32) => Some(Self { id: OperatorTokenId::from_uuid(id), secret: Secret(*bytes) }),
            _ => None,
        }
    }

    /// The text of the token. Give it to the operator only; do not log it.
    pub fn expose(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.secret.0));
        Zeroizing::new(format!("{PREFIX}{}_{}", self.id.as_uuid().simple(), *secret))
    }

    /// Identifier of the token.
    pub(crate) fn id(&self) -> OperatorTokenId {
        self.id
    }

    /// Digest of the secret. Unkeyed SHA-256 is enough, because 256 random bits cannot be found by
    /// brute force.
    pub(crate) fn digest(&self) -> TokenDigest {
        TokenDigest::from_bytes(Sha256::digest(self.secret.0).into())
    }
}

impl fmt::Debug for OperatorSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_text_parses_to_the_same_token_and_others_do_not() {
        let id = OperatorTokenId::new(datetime!(2026-11-29 12:00 UTC));
        let secret = OperatorSecret::generate(id, &mut rng());
        let text = secret.expose();
        assert_eq!(text.len(), 4 + 32 + 1 + 43);
        let back = OperatorSecret::parse(&text).unwrap();
        assert_eq!((back.id, back.digest()), (id, secret.digest()));
        assert_eq!(format!("{secret:?}"), "OperatorSecret(…)");
        let upper = text.replacen(&text[4..36], &text[4..36].to_uppercase(), 1);
        let long = "ppo_".repeat(1_000);
        for bad in ["", "ppo_", &text[1..], &text[..79], &format!("{}A", *text), &upper, &long, "é"]
        {
            assert!(OperatorSecret::parse(bad).is_none(), "{bad}");
        }
    }
}
