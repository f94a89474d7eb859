use std::{error::Error, sync::Arc, time::Duration};

use passport_token::{Claims, verify_own};
use passport_user::{UserId, UserRepository};
use thiserror::Error;
use tracing::error;
use uuid::Uuid;

use crate::{
    Authenticated, Sessions, Unavailable,
    token_keys::{MAX_TOKEN_LIFETIME, TokenKeys, TokenKeysError},
};

/// Issues access tokens to signed-in people, and tells whether tokens are still good.
#[derive(Debug, Clone)]
pub struct AccessTokens {
    /// Keys.
    pub keys: TokenKeys,
    /// Address of the service, which tokens name as their issuer.
    pub issuer: Arc<str>,
    /// Applications that tokens are issued for.
    pub audiences: Arc<[Audience]>,
    /// Lifetime of tokens, at most [`MAX_TOKEN_LIFETIME`].
    pub lifetime: Duration,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Users.
    pub users: Arc<dyn UserRepository>,
}

/// An application that tokens are issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// Name of the application.
    pub application: String,
    /// Audience in its tokens.
    pub audience: String,
    /// Whether its tokens have the phone number.
    pub sees_phone: bool,
}

/// A token that was issued.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The token. Give it to the client only; do not log it.
    pub token: String,
    /// Time until it is refused.
    pub expires_in: Duration,
}

impl AccessTokens {
    /// Issues a token for `audience` to a person, whose session is live. It does not outlive the session's
    /// absolute lifetime.
    ///
    /// # Errors
    ///
    /// See [`IssueTokenError`].
    pub async fn issue(
        &self,
        person: &Authenticated,
        audience: &str,
    ) -> Result<IssuedToken, IssueTokenError> {
        let audience = self.audience(audience).ok_or(IssueTokenError::UnknownAudience)?;
        self.issue_within(person, audience, self.lifetime).await
    }

    /// As [`issue`](Self::issue), for the application of this name and a lifetime of `lifetime` at most: for
    /// a proxy that passes a token with each request.
    ///
    /// # Errors
    ///
    /// See [`IssueTokenError`].
    pub async fn issue_to(
        &self,
        person: &Authenticated,
        application: &str,
        lifetime: Duration,
    ) -> Result<IssuedToken, IssueTokenError> {
        let audience = self.audiences.iter().find(|it| it.application == application);
        let audience = audience.ok_or(IssueTokenError::UnknownAudience)?;
        self.issue_within(person, audience, lifetime.min(self.lifetime)).await
    }

    async fn issue_within(
        &self,
        person: &Authenticated,
        audience: &Audience,
        lifetime: Duration,
    ) -> Result<IssuedToken, IssueTokenError> {
        let (user, session) = (&person.user, &person.session);
        let issued_at = seconds(self.sessions.now());
        let lifetime = lifetime.min(MAX_TOKEN_LIFETIME).as_secs();
        let expires_at = (issued_at + lifetime).min(seconds(session.expires_at));
        let phone = user.phone.as_ref().filter(|_| audience.sees_phone);
        let claims = Claims {
            issuer: self.issuer.to_string(),
            subject: user.id.as_uuid().to_string(),
            audience: audience.audience.clone(),
            client: audience.application.clone(),
            issued_at,
            expires_at,
            id: Uuid::new_v4().to_string(),
            session: session.id.as_uuid().to_string(),
            authenticated_at: seconds(session.authenticated_at),
            methods: session.methods.amr().into_iter().map(ToOwned::to_owned).collect(),
            phone_number: phone.map(|phone| phone.as_e164().to_owned()),
        };
        let token = self.keys.sign(&claims).await?;
        let expires_in = Duration::from_secs(expires_at.saturating_sub(issued_at));
        Ok(IssuedToken { token, expires_in })
    }

    /// What `token` says if it is good: signed by a published key for a known application, not expired, and
    /// its session is live now. `None` for every other text, whatever it is.
    ///
    /// The session and the user are read at each call, so an end takes effect at once on every node.
    ///
    /// # Errors
    ///
    /// If a store could not answer.
    pub async fn introspect(&self, token: &str) -> Result<Option<Claims>, Unavailable> {
        let keys = match self.keys.verifying().await {
            Ok(keys) => keys,
            Err(TokenKeysError::Unavailable(outage)) => return Err(outage),
            Err(error) => {
                error!(error = &error as &dyn Error, "tokens cannot be verified");
                return Ok(None);
            }
        };
        let is_known = |audience: &str| self.audience(audience).is_some();
        let now = self.sessions.now();
        let claims = verify_own(token, &self.issuer, is_known, &keys, now.into()).ok();
        // The leeway is for the start of tokens that another node has just issued.
        let Some(claims) = claims.filter(|claims| seconds(now) < claims.expires_at) else {
            return Ok(None);
        };
        let (Ok(user), Ok(session)) = (claims.subject.parse(), claims.session.parse::<Uuid>())
        else {
            return Ok(None);
        };
        let user = self.users.find(UserId::from_uuid(user)).await?;
        let Some(user) = user.filter(passport_user::User::is_active) else { return Ok(None) };
        let sessions = self.sessions.list(&user).await?;
        let is_live = sessions.iter().any(|it| it.id.as_uuid() == session);
        Ok(is_live.then_some(claims))
    }

    fn audience(&self, audience: &str) -> Option<&Audience> {
        self.audiences.iter().find(|it| it.audience == audience)
    }
}

/// Seconds since 1970.
fn seconds(time: time::OffsetDateTime) -> u64 {
    time.unix_timestamp().try_into().unwrap_or_default()
}

/// Reason why no token was issued.
#[derive(Debug, Error)]
pub enum IssueTokenError {
    /// No application has the audience.
    #[error("no application has the audience")]
    UnknownAudience,
    /// There is no key.
    #[error(transparent)]
    Keys(#[from] TokenKeysError),
}
