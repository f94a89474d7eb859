use std::{error::Error, fmt, str::FromStr};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{AccountEvent, event::plain, user::ordered_id};

/// Tokens of operators' programs.
///
/// Acknowledged writes are durable. A method that takes an event writes it in the same transaction, and
/// only if the change was made. Implementations must pass
/// [`operator_token_contract!`](crate::operator_token_contract).
#[async_trait]
pub trait OperatorTokenRepository: fmt::Debug + Send + Sync + 'static {
    /// Adds `token`; returns false if there is one with this name. Of several concurrent calls with one
    /// name exactly one succeeds.
    async fn insert(
        &self,
        token: &OperatorToken,
        event: &AccountEvent,
    ) -> Result<bool, OperatorTokenError>;

    /// The token with this id, also an expired one.
    async fn find(&self, id: OperatorTokenId) -> Result<Option<OperatorToken>, OperatorTokenError>;

    /// All tokens, in the order of their ids.
    async fn list(&self) -> Result<Vec<OperatorToken>, OperatorTokenError>;

    /// Stores that the token was used at `at`. An earlier time does not overwrite a later one.
    async fn record_use(
        &self,
        id: OperatorTokenId,
        at: OffsetDateTime,
    ) -> Result<(), OperatorTokenError>;

    /// Deletes the token; returns whether it was there. Of several concurrent calls one returns true.
    async fn remove(
        &self,
        id: OperatorTokenId,
        event: &AccountEvent,
    ) -> Result<bool, OperatorTokenError>;
}

/// A token as it is stored: without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorToken {
    /// Identifier, which is part of the token's text.
    pub id: OperatorTokenId,
    /// Name, unique among tokens; the actor of events.
    pub name: OperatorName,
    /// Digest of the secret.
    pub digest: TokenDigest,
    /// What the token allows.
    pub scopes: Scopes,
    /// Time of the creation.
    pub created_at: OffsetDateTime,
    /// Time from which on the token is refused.
    pub expires_at: Option<OffsetDateTime>,
    /// Time of the last use, with a resolution of minutes.
    pub last_used_at: Option<OffsetDateTime>,
}

/// Identifier of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorTokenId(Uuid);

impl OperatorTokenId {
    /// A new id: those of later moments are greater.
    pub fn new(now: OffsetDateTime) -> Self {
        Self(ordered_id(now))
    }

    /// Creates an id from its stored form.
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id to store.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for OperatorTokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// SHA-256 digest of the secret of a token. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Creates a digest from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// Name of an operator, or of the token of a program: 1 to 64 characters of `[A-Za-z0-9._@-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OperatorName(String);

impl OperatorName {
    /// Creates a name from its stored form.
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name that is nearest to `text`: cut, and with `_` for other characters. Empty texts are
    /// `unknown`.
    pub fn nearest(text: &str) -> Self {
        Self(if text.is_empty() { "unknown".to_owned() } else { plain(text) })
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperatorName {
    type Err = ParseOperatorNameError;

    fn from_str(text: &str) -> Result<Self, ParseOperatorNameError> {
        let is_name = !text.is_empty() && plain(text) == text;
        is_name.then(|| Self(text.to_owned())).ok_or(ParseOperatorNameError)
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the name of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name has 1 to 64 characters: letters, digits, and . _ @ -")]
pub struct ParseOperatorNameError;

macro_rules! scopes {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// A permission of a token. The names are stored and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Scope {
            $($(#[$doc])+ $name,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Name of the scope.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

scopes! {
    /// List users, and show them with masked numbers, and their sessions.
    UsersRead = "users:read",
    /// Show whole numbers, and export all data of a user.
    UsersReveal = "users:reveal",
    /// Disable, enable, restore and delete users, clear passwords and failures.
    UsersWrite = "users:write",
    /// End sessions.
    SessionsWrite = "sessions:write",
    /// Read the audit log.
    AuditRead = "audit:read",
    /// Delete old events of the audit log.
    AuditPurge = "audit:purge",
}

impl FromStr for Scope {
    type Err = ParseScopeError;

    fn from_str(text: &str) -> Result<Self, ParseScopeError> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(ParseScopeError)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such scope")]
pub struct ParseScopeError;

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// The set from its stored form. Names that this version does not know allow nothing.
    pub fn from_stored(text: &str) -> Self {
        text.split(' ').filter_map(|name| name.parse().ok()).collect()
    }

    /// Whether the set has `scope`.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// The scopes, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    /// Whether the set allows nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn bit(scope: Scope) -> u8 {
    1 << scope as u8
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | bit(scope)))
    }
}

/// Names with spaces between, the stored form.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

/// A failure of the repository. The source is for logs and must not be shown to clients.
#[derive(Debug, Error)]
#[error("repository of operators' tokens is unavailable")]
pub struct OperatorTokenError(#[source] Box<dyn Error + Send + Sync>);

impl OperatorTokenError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_stored_by_their_names() {
        for scope in Scope::ALL {
            let one: Scopes = [*scope].into_iter().collect();
            assert_eq!(one.to_string(), scope.as_str());
            assert_eq!(Scopes::from_stored(&one.to_string()), one);
            assert_eq!(Scope::ALL.iter().filter(|it| one.has(**it)).count(), 1);
        }
        let all: Scopes = Scope::ALL.iter().copied().collect();
        assert_eq!(Scopes::from_stored(&all.to_string()), all);
        assert!(Scopes::from_stored("").is_empty());
        let later = Scopes::from_stored("users:read users:everything");
        assert_eq!(later.iter().collect::<Vec<_>>(), [Scope::UsersRead]);
    }

    #[test]
    fn api_4_names_are_plain() {
        for good in ["a", "ci.deploy_1@host-2", &"a".repeat(64)] {
            assert_eq!(good.parse::<OperatorName>().unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\nb", "王", &"a".repeat(65), "a\u{202e}"] {
            assert_eq!(bad.parse::<OperatorName>(), Err(ParseOperatorNameError), "{bad:?}");
        }
        assert_eq!(OperatorName::nearest("a\tb").as_str(), "a_b");
        assert_eq!(OperatorName::nearest("").as_str(), "unknown");
    }
}
