use std::sync::Arc;

use passport_codes::Code;
use passport_user::{
    InsertUserError, Password, PasswordPolicy, PasswordRefusal, PhoneNumber, User, UserRepository,
};
use thiserror::Error;

use crate::{
    ClientAddress, Clock, CodePurpose, CodeRefusal, Denied, Detached, Party, Passwords, PhoneProof,
    Unavailable,
    error::wraps_steps,
    event::{EventSubject, Operation, Refused},
    proof::Claim,
};

/// Registers users by phone number.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Password hasher.
    pub passwords: Passwords,
    /// Rules for passwords.
    pub password_policy: PasswordPolicy,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// Request to sign up.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Phone number.
    pub phone: PhoneNumber,
    /// Code that was sent to the number.
    pub code: Code,
    /// Chosen password.
    pub password: Password,
    /// Address of the client.
    pub client: ClientAddress,
}

impl SignUp {
    /// Spends the code, then creates the account. Does not sign in.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`SignUpError`].
    pub async fn register(&self, registration: Registration) -> Result<User, SignUpError> {
        let (this, subject) = (self.clone(), EventSubject::phone(&registration.phone));
        let act = async move {
            let Registration { phone, code, password, client } = registration;
            this.password_policy.check(&password, &phone)?;
            // Whatever can be refused for lack of room comes first, before the code is spent.
            let turn = this.passwords.enter(Party { client, account: phone.clone() }).await?;
            let claim = Claim { phone: &phone, purpose: CodePurpose::Register, code: &code };
            let proven = this.proof.prove(claim).await?;
            let user = User::new(phone, turn.hash(password).await, this.clock.now());
            match this.users.insert(&user).await {
                Ok(()) => Ok(user),
                Err(InsertUserError::PhoneTaken) => Err(SignUpError::PhoneTaken),
                Err(InsertUserError::Unavailable(error)) => {
                    proven.give_back().await;
                    Err(SignUpError::NotStored(error.into()))
                }
            }
        };
        self.detached.perform(Operation::SignUp, subject, act).await
    }
}

/// Reason why no account was created.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// The password breaks a rule; the code was not compared.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// The operation was refused before the code was compared, or a store could not say whether the
    /// code is right.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The number has an account; the code is spent.
    #[error("phone number is already registered")]
    PhoneTaken,
    /// The user repository could not confirm the account. The code is valid again until its own
    /// expiry, unless another one was sent meanwhile or its store failed too. If a retry returns
    /// [`PhoneTaken`](Self::PhoneTaken), the account exists and only the confirmation was lost.
    #[error("user could not be stored")]
    NotStored(#[source] Unavailable),
}

wraps_steps!(SignUpError);

impl Refused for SignUpError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Password(_) => "password-refused",
            Self::Denied(denied) => denied.rule(),
            Self::Code(refusal) => refusal.rule(),
            Self::PhoneTaken => "number-taken",
            Self::NotStored(_) => "unavailable",
        }
    }
}
