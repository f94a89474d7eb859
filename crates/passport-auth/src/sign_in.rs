use passport_session::{Method, SessionToken};
use passport_user::{Password, PhoneNumber};
use thiserror::Error;

use crate::{
    Arrival, Caller, Denied, Detached, Entrance, NotAdmitted, PasswordCheck, SignedIn,
    WrongCredentials,
    error::wraps_steps,
    event::{EventSubject, Operation, Refused},
    password_check::Guess,
};

/// Signs users in by number and password.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Check of the password.
    pub password_check: PasswordCheck,
    /// Begin of the session.
    pub entrance: Entrance,
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
    /// The client.
    pub client: Caller,
    /// Token that the browser holds already. Its session ends.
    pub former: Option<SessionToken>,
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
        let this = self.clone();
        let subject = EventSubject::of(&credentials.client)
            .phone(&credentials.phone)
            .method(Method::Password);
        let act = |_| async move {
            let Credentials { phone, password, remember, client, former } = credentials;
            let guess = Guess { phone: &phone, password: &password, client: client.client };
            let user = this.password_check.check(guess).await?;
            let methods = Method::Password.into();
            let arrival = Arrival { methods, remember, former, client };
            Ok(this.entrance.enter(user, arrival).await?)
        };
        self.detached.perform(Operation::SignIn, subject, act).await
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
    /// The number has no account, the account no password, or the password is wrong.
    #[error(transparent)]
    WrongCredentials(#[from] WrongCredentials),
    /// The password is right, and the account may not sign in.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
}

wraps_steps!(SignInError);

impl Refused for SignInError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::WrongCredentials(_) => "credentials-wrong",
            Self::NotAdmitted(refusal) => refusal.rule(),
        }
    }
}
