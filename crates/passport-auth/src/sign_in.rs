use std::{sync::Arc, time::Duration};

use passport_session::{Lifetime, Session, SessionStore, SessionToken};
use passport_throttle::{Charge, Decision, Hit, Quota, ThrottleStore};
use passport_user::{Password, PasswordHash, PhoneNumber, User, UserRepository, Verification};
use rand::rng;
use thiserror::Error;
use time::OffsetDateTime;
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::{
    Acts, Busy, ClientAddress, Clock, Passwords, SubjectKey, Unavailable, WaitingRoom,
    charges::refund, error::log_refusal, limits,
};

/// When a client whose count is full is tried again.
///
/// Each sign-in is charged as a failure until it has been compared, so many people behind one
/// address who sign in at once fill the count without a single failure. A moment later they are
/// refunded. Whoever guesses gains nothing by it: a guess is compared only after it was counted,
/// however often it is tried.
const WAITS: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
];

/// Signs users in by number and password.
///
/// An unknown number and a wrong password are the same: the same answer after the same work.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Keeps the users.
    pub users: Arc<dyn UserRepository>,
    /// Holds who is signed in.
    pub sessions: Arc<dyn SessionStore>,
    /// Compares.
    pub passwords: Passwords,
    /// Counts failures.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Key of the subjects of limits.
    pub subjects: SubjectKey,
    /// How many failures there may be.
    pub quotas: FailureQuotas,
    /// How long a session lasts.
    pub lifetimes: SessionLifetimes,
    /// Where clients whose count is full wait.
    pub waiting_room: WaitingRoom,
    /// Sees it through to its end.
    pub acts: Acts,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// How many failures there may be.
#[derive(Debug, Clone, Copy)]
pub struct FailureQuotas {
    /// From one client.
    pub per_client: Quota,
    /// On one number, from anywhere (NIST SP 800-63B-4 §3.2.2: at most 100).
    pub per_phone: Quota,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct SessionLifetimes {
    /// When the person did not ask to be remembered.
    pub standard: Lifetime,
    /// When they did.
    pub remembered: Lifetime,
}

/// Who wants to sign in.
#[derive(Debug)]
pub struct Credentials {
    /// The number.
    pub phone: PhoneNumber,
    /// The password.
    pub password: Password,
    /// Whether the session shall be a long one.
    pub remember: bool,
    /// Where the request comes from.
    pub client: ClientAddress,
    /// The token that the browser holds already; what it stands for ends.
    pub former: Option<SessionToken>,
}

/// Who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The new session.
    pub session: Session,
    /// The new session's token.
    pub token: SessionToken,
}

impl SignIn {
    /// Compares the password and begins a session with a new token. While others of the same client
    /// are signing in, it may wait for a second and a half before it refuses.
    ///
    /// Runs to its end even when the caller goes away, so that a failure is counted.
    ///
    /// # Errors
    ///
    /// See [`SignInError`].
    pub async fn sign_in(&self, credentials: Credentials) -> Result<SignedIn, SignInError> {
        let (this, phone) = (self.clone(), credentials.phone.masked());
        let act = async move {
            let outcome = this.sign_in_to_the_end(credentials).await;
            match &outcome {
                Ok(signed_in) => info!(phone, user = %signed_in.user.id, "signed in"),
                Err(error) => log_refusal("not signed in", &phone, error, error.outage()),
            }
            outcome
        };
        self.acts.run(act).await
    }

    async fn sign_in_to_the_end(&self, credentials: Credentials) -> Result<SignedIn, SignInError> {
        let receipt = self.charge_failure(&credentials).await?;
        // A failure is charged beforehand, so that parallel guesses cannot outrun the count. What
        // turns out not to be one is refunded.
        match self.compare(&credentials).await {
            Ok(user) => {
                refund(&*self.throttle, &receipt).await;
                Ok(self.begin_session(user, credentials).await?)
            }
            Err(error) => {
                if !matches!(error, SignInError::WrongCredentials) {
                    refund(&*self.throttle, &receipt).await;
                }
                Err(error)
            }
        }
    }

    async fn charge_failure(&self, credentials: &Credentials) -> Result<Hit, SignInError> {
        let Credentials { client, phone, .. } = credentials;
        let charges = [
            Charge::new(
                limits::FAILURES_PER_CLIENT,
                self.subjects.client(*client),
                self.quotas.per_client,
            ),
            Charge::new(
                limits::FAILURES_PER_PHONE,
                self.subjects.phone(phone).into(),
                self.quotas.per_phone,
            ),
        ];
        let mut waits = WAITS.into_iter();
        let mut seat = None;
        loop {
            let decision = self.throttle.hit(&charges, self.clock.now()).await;
            let refusal = match decision.map_err(Unavailable::from)? {
                Decision::Allowed(receipt) => return Ok(receipt),
                Decision::Refused(refusal) => refusal,
            };
            // A number has one owner, so its count is of failures and not of sign-ins under way.
            seat = match refusal.policy {
                limits::FAILURES_PER_CLIENT => seat.or_else(|| self.waiting_room.enter(*client)),
                _ => None,
            };
            match waits.next().filter(|_| seat.is_some()) {
                Some(wait) => sleep(wait).await,
                None => return Err(SignInError::TooMany { retry_after: refusal.retry_after }),
            }
        }
    }

    async fn compare(&self, credentials: &Credentials) -> Result<User, SignInError> {
        let turn = self.passwords.reserve()?;
        let user = self.users.find_by_phone(&credentials.phone).await.map_err(Unavailable::from)?;
        let hash = user.as_ref().map_or(self.passwords.decoy(), |user| &user.password_hash);
        let verified = turn.verify(credentials.password.clone(), hash.clone()).await;
        match (user, verified) {
            (Some(user), Ok(Verification::Match { renew })) => {
                if renew {
                    self.renew_hash(&user, credentials.password.clone()).await;
                }
                Ok(user)
            }
            (Some(user), Err(error)) => {
                error!(user = %user.id, %error, "user cannot sign in");
                Err(SignInError::WrongCredentials)
            }
            (None, _) | (Some(_), Ok(Verification::Mismatch)) => Err(SignInError::WrongCredentials),
        }
    }

    /// Keeps the password under the present cost. It can wait for the next sign-in, so no failure
    /// here is one of signing in.
    async fn renew_hash(&self, user: &User, password: Password) {
        let Ok(turn) = self.passwords.reserve() else { return };
        let renewed: PasswordHash = turn.hash(password).await;
        let replaced = self.users.replace_password_hash(user.id, &user.password_hash, &renewed);
        if let Err(error) = replaced.await {
            warn!(error = &error as &dyn std::error::Error, "password hash was not renewed");
        }
    }

    async fn begin_session(
        &self,
        user: User,
        credentials: Credentials,
    ) -> Result<SignedIn, Unavailable> {
        // As the repository keeps it.
        let now = self.clock.now().truncate_to_microsecond();
        let lifetime =
            if credentials.remember { self.lifetimes.remembered } else { self.lifetimes.standard };
        let (token, session) =
            (SessionToken::generate(&mut rng()), Session::begin(user.id.as_uuid(), lifetime, now));
        // The new session stands before the former one ends: a failure in between signs nobody out.
        // It is told as one, since the former token must not outlive the sign-in, and then the new
        // token never leaves; its session ends by itself.
        self.sessions.create(&token.digest(), &session).await?;
        if let Some(former) = credentials.former
            && let Some(former) = self.sessions.find(&former.digest(), now).await?
        {
            self.sessions.revoke(former.subject, former.id).await?;
        }
        let user = self.record_login(user, now).await;
        Ok(SignedIn { user, session, token })
    }

    /// Notes the sign-in with the user. It is bookkeeping, so no failure here is one of signing in.
    async fn record_login(&self, user: User, now: OffsetDateTime) -> User {
        if let Err(error) = self.users.record_login(user.id, now).await {
            warn!(error = &error as &dyn std::error::Error, "sign-in was not recorded");
            return user;
        }
        User { last_login_at: Some(now), ..user }
    }
}

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The client failed too often, or the number was tried too often.
    #[error("too many failures")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too many passwords are being compared.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// A store could not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Nobody has that number, or the password is wrong.
    #[error("phone number or password is wrong")]
    WrongCredentials,
}

impl SignInError {
    fn outage(&self) -> Option<&Unavailable> {
        match self {
            Self::Unavailable(outage) => Some(outage),
            Self::TooMany { .. } | Self::Busy(_) | Self::WrongCredentials => None,
        }
    }
}
