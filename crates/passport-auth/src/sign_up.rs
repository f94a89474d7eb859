use std::{sync::Arc, time::Duration};

use passport_codes::{Code, CodeKey, Codes, Redemption, StoredCode};
use passport_throttle::{Decision, Hit, Quota, ThrottleStore};
use passport_user::{
    InsertUserError, Password, PasswordPolicy, PasswordRefusal, PhoneNumber, User, UserRepository,
    UserRepositoryError,
};
use thiserror::Error;
use tracing::{error, info};

use crate::{
    Acts, Busy, Clock, CodePurpose, CodeSender, MessageId, Passwords, SubjectKey, Unavailable,
    charges::{refund, wrong_code},
    error::log_refusal,
    passwords::Turn,
};

/// Registers users by phone number.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Holds the codes that were sent.
    pub codes: Codes,
    /// Sent them, and is told which arrived.
    pub sender: Arc<dyn CodeSender>,
    /// Keeps the users.
    pub users: Arc<dyn UserRepository>,
    /// Hashes.
    pub passwords: Passwords,
    /// Which passwords may be chosen.
    pub password_policy: PasswordPolicy,
    /// Counts wrong codes.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Key of the subjects of limits and codes.
    pub subjects: SubjectKey,
    /// How many of them a number stands, over all its codes (NIST SP 800-63B-4 §3.2.2: at most 100).
    pub wrong_codes: Quota,
    /// Sees it through to its end.
    pub acts: Acts,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Who wants to sign up.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The number.
    pub phone: PhoneNumber,
    /// The code that was sent to it.
    pub code: Code,
    /// The chosen password.
    pub password: Password,
}

impl SignUp {
    /// Spends the code, then creates the account. Does not sign in.
    ///
    /// Runs to its end even when the caller goes away.
    ///
    /// # Errors
    ///
    /// See [`SignUpError`].
    pub async fn register(&self, registration: Registration) -> Result<User, SignUpError> {
        let (this, phone) = (self.clone(), registration.phone.masked());
        let act = async move {
            let outcome = this.register_to_the_end(registration).await;
            match &outcome {
                Ok(user) => info!(phone, user = %user.id, "signed up"),
                Err(error) => log_refusal("not signed up", &phone, error, error.outage()),
            }
            outcome
        };
        self.acts.run(act).await
    }

    async fn register_to_the_end(&self, registration: Registration) -> Result<User, SignUpError> {
        self.password_policy.check(&registration.password, &registration.phone)?;
        // What may refuse for want of room comes first, before the code is spent.
        let turn = self.passwords.reserve()?;
        // Charged beforehand, so that parallel guesses cannot outrun the count.
        let receipt = self.charge_wrong_code(&registration.phone).await?;
        let outcome = self.spend_code(registration, turn).await;
        if !matches!(outcome, Err(SignUpError::CodeMismatch)) {
            refund(&*self.throttle, &receipt).await;
        }
        outcome
    }

    /// Each code stands a few guesses, but a number may have ever new codes.
    async fn charge_wrong_code(&self, phone: &PhoneNumber) -> Result<Hit, SignUpError> {
        let charge = wrong_code(self.subjects.phone(phone), self.wrong_codes);
        let decision = self.throttle.hit(&[charge], self.clock.now()).await;
        match decision.map_err(|error| SignUpError::CodeUnavailable(error.into()))? {
            Decision::Allowed(receipt) => Ok(receipt),
            Decision::Refused(refusal) => {
                Err(SignUpError::TooMany { retry_after: refusal.retry_after })
            }
        }
    }

    async fn spend_code(
        &self,
        registration: Registration,
        turn: Turn,
    ) -> Result<User, SignUpError> {
        let Registration { phone, code, password } = registration;
        let key = CodePurpose::Register.key(self.subjects.phone(&phone));
        let redeemed = self.codes.redeem(&key, code.expose(), self.clock.now()).await;
        let spent = match redeemed.map_err(|error| SignUpError::CodeUnavailable(error.into()))? {
            Redemption::Accepted(spent) => spent,
            Redemption::Mismatch { .. } => return Err(SignUpError::CodeMismatch),
            Redemption::Missing => return Err(SignUpError::CodeMissing),
        };
        self.sender.redeemed(MessageId::of(&spent));
        let hash = turn.hash(password).await;
        let user = User::new(phone, hash, self.clock.now());
        match self.users.insert(&user).await {
            Ok(()) => Ok(user),
            Err(InsertUserError::PhoneTaken) => Err(SignUpError::PhoneTaken),
            Err(InsertUserError::Unavailable(error)) => {
                self.give_back(&key, spent).await;
                Err(SignUpError::from(error))
            }
        }
    }

    /// Makes the code good again, so that an outage of the database costs nobody their code. It
    /// lives no longer for it, and not at all if another one was sent meanwhile.
    async fn give_back(&self, key: &CodeKey, spent: StoredCode) {
        if let Err(error) = self.codes.restore(key, spent, self.clock.now()).await {
            error!(error = &error as &dyn std::error::Error, "spent code was not given back");
        }
    }
}

/// Why nobody was registered.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// The password may not be chosen; the code was not looked at.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// Too many passwords are being hashed; the code was not looked at.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The number had its share of wrong codes; the code was not looked at.
    #[error("too many wrong codes")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The code store, or the one that counts wrong codes, could not answer.
    #[error("code could not be checked")]
    CodeUnavailable(#[source] Unavailable),
    /// There is no live code: never sent, expired, spent, or out of tries.
    #[error("code is missing")]
    CodeMissing,
    /// The code is wrong; it can be tried again.
    #[error("code does not match")]
    CodeMismatch,
    /// Somebody has that number; the code is spent.
    #[error("phone number is already registered")]
    PhoneTaken,
    /// Nobody can say that the user was kept. The code is good again until its own end, unless
    /// another one was sent meanwhile or its store failed too. Whoever tries again and is told
    /// [`PhoneTaken`](Self::PhoneTaken) has the account: only the answer was lost.
    #[error("user could not be kept")]
    Unavailable(#[source] Unavailable),
}

impl SignUpError {
    fn outage(&self) -> Option<&Unavailable> {
        match self {
            Self::CodeUnavailable(outage) | Self::Unavailable(outage) => Some(outage),
            Self::Password(_)
            | Self::Busy(_)
            | Self::TooMany { .. }
            | Self::CodeMissing
            | Self::CodeMismatch
            | Self::PhoneTaken => None,
        }
    }
}

impl From<UserRepositoryError> for SignUpError {
    fn from(error: UserRepositoryError) -> Self {
        Self::Unavailable(error.into())
    }
}
