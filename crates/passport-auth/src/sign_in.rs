use std::{error::Error, sync::Arc};

use passport_session::{Session, SessionToken};
use passport_user::{Password, PhoneNumber, User, UserRepository};
use thiserror::Error;
use time::OffsetDateTime;
use tracing::warn;

use crate::{
    ClientAddress, Denied, Detached, PasswordCheck, Sessions, WrongCredentials,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
    password_check::Guess,
};

/// Signs users in by number and password.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Check of the password.
    pub password_check: PasswordCheck,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Runner of operations.
    pub detached: Detached,
}

/// Request to sign in.
#[derive(Debug)]
pub struct Credentials {
    /// Phone number.
    pub phone: PhoneNumber,
    /// Password.
    pub password: Password,
    /// Whether the person asked for a long session.
    pub remember: bool,
    /// Address of the client.
    pub client: ClientAddress,
    /// Token that the browser holds already. Its session ends.
    pub former: Option<SessionToken>,
}

/// A user who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// New session.
    pub session: Session,
    /// Token of the new session.
    pub token: SessionToken,
}

impl SignIn {
    /// Checks the password and begins a session with a new token.
    ///
    /// Sign-ins of one client, and to one account, take turns in a [`FairQueue`](crate::FairQueue). While
    /// the client is at its limit of failures only because of sign-ins that are running on this node,
    /// the call waits for them. It runs to its end even if the caller stops waiting, so that a failure
    /// is counted.
    ///
    /// # Errors
    ///
    /// See [`SignInError`].
    pub async fn sign_in(&self, credentials: Credentials) -> Result<SignedIn, SignInError> {
        let (this, subject) = (self.clone(), EventSubject::phone(&credentials.phone));
        let act = async move {
            let Credentials { phone, password, remember, client, former } = credentials;
            let guess = Guess { phone: &phone, password: &password, client };
            let user = this.password_check.check(guess).await?;
            let begun = this.sessions.begin(user.id, remember, former.as_ref()).await;
            let (session, token) = begun.map_err(Denied::from)?;
            let user = this.record_login(user, session.created_at).await;
            Ok(SignedIn { user, session, token })
        };
        self.detached.perform(Operation::SignIn, subject, act).await
    }

    /// Records the time of the sign-in. A failure does not fail the sign-in, because the record only
    /// informs.
    async fn record_login(&self, user: User, now: OffsetDateTime) -> User {
        if let Err(error) = self.users.record_login(user.id, now).await {
            warn!(error = &error as &dyn Error, "sign-in was not recorded");
            return user;
        }
        User { last_login_at: Some(now), ..user }
    }
}

/// Reason why the sign-in failed.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The password was not compared, or the session could not be stored.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The number has no account, or the password is wrong.
    #[error(transparent)]
    WrongCredentials(#[from] WrongCredentials),
}

wraps_steps!(SignInError);

impl Refused for SignInError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::WrongCredentials(_) => "credentials-wrong",
        }
    }
}

impl Effect for SignedIn {
    fn describe(&self, subject: &mut EventSubject) -> bool {
        self.session.describe(subject)
    }
}
