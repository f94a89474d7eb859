use std::{error::Error, sync::Arc, time::Duration};

use passport_user::{
    AccountEvent, Actor, OperatorName, OperatorToken, OperatorTokenRepository, Scope,
};
use subtle::ConstantTimeEq;
use thiserror::Error;
use tracing::warn;

use crate::{
    Caller, Clock, Denied, Detached, Limits, Operator, OperatorSecret,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Age at which the time of the last use is written again. Each request would be a write otherwise.
const USE_RECORDED_EVERY: Duration = Duration::from_mins(10);

/// Decides about requests to the API for operators by their tokens.
///
/// Refusals are events, and are limited for each client; a request with a right token is not affected
/// by the refusals of its client.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Repository of tokens.
    pub tokens: Arc<dyn OperatorTokenRepository>,
    /// Limits.
    pub limits: Limits,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// Reason why a request was refused.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum OperatorRefusal {
    /// Too many requests of the client were refused, or a store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The request has no token, or one that was not issued here, was removed or has expired.
    #[error("token is not valid")]
    Unknown,
    /// The token has expired. Clients are told the same as of an unknown one.
    #[error("token has expired")]
    Expired,
    /// The token does not allow the request.
    #[error("token has no scope {0}")]
    NoScope(Scope),
}

/// An admitted request has no event of its own.
struct Admitted(Operator);

impl Effect for Admitted {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        false
    }
}

impl Admission {
    /// Admits a request of `client` that needs `scope`; `token` is the text that it sent.
    ///
    /// # Errors
    ///
    /// See [`OperatorRefusal`].
    pub async fn admit(
        &self,
        token: Option<&str>,
        scope: Scope,
        client: &Caller,
    ) -> Result<Operator, OperatorRefusal> {
        let secret = token.and_then(OperatorSecret::parse);
        let found = match &secret {
            Some(secret) => self.find(secret).await?,
            None => Err(OperatorRefusal::Unknown),
        };
        let (name, outcome) = match found {
            Ok(token) if token.scopes.has(scope) => {
                self.record_use(&token).await;
                let client = Some(client.clone());
                return Ok(Operator { name: token.name, reason: None, client });
            }
            Ok(token) => (Some(token.name), OperatorRefusal::NoScope(scope)),
            Err(refusal) => (None, refusal),
        };
        self.limits.charge(&self.limits.operator_refusal(client.client)).await?;
        self.refuse(name, outcome, client).await
    }

    /// The token, if the secret is right and the token has not expired.
    async fn find(
        &self,
        secret: &OperatorSecret,
    ) -> Result<Result<OperatorToken, OperatorRefusal>, Denied> {
        let found = self.tokens.find(secret.id()).await?;
        let is_right = |token: &OperatorToken| {
            bool::from(token.digest.as_bytes().ct_eq(secret.digest().as_bytes()))
        };
        Ok(match found.filter(is_right) {
            None => Err(OperatorRefusal::Unknown),
            Some(token) if token.expires_at.is_some_and(|end| end <= self.clock.now()) => {
                Err(OperatorRefusal::Expired)
            }
            Some(token) => Ok(token),
        })
    }

    /// A failure is logged, because the request is right.
    async fn record_use(&self, token: &OperatorToken) {
        let now = self.clock.now();
        if token.last_used_at.is_some_and(|at| now - at < USE_RECORDED_EVERY) {
            return;
        }
        if let Err(error) = self.tokens.record_use(token.id, now).await {
            warn!(error = &error as &dyn Error, "use of a token was not recorded");
        }
    }

    /// Emits the event of the refusal.
    async fn refuse(
        &self,
        name: Option<OperatorName>,
        refusal: OperatorRefusal,
        client: &Caller,
    ) -> Result<Operator, OperatorRefusal> {
        let actor = name.map(|name| Actor::operator(name.as_str()));
        let subject = EventSubject { actor, ..EventSubject::of(client) };
        let act = |_| async move { Err::<Admitted, _>(refusal) };
        let admitted = self.detached.perform(Operation::AdmitOperator, subject, act).await;
        admitted.map(|Admitted(operator)| operator)
    }
}

impl Refused for OperatorRefusal {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Unknown => "token-unknown",
            Self::Expired => "token-expired",
            Self::NoScope(_) => "scope-missing",
        }
    }
}
