use std::sync::Arc;

use passport_codes::Code;
use passport_user::{
    AccountEvent, InsertUserError, Password, PasswordPolicy, PasswordRefusal, PhoneNumber, User,
    UserRepository,
};
use thiserror::Error;

use crate::{
    Caller, Clock, CodePurpose, CodeRefusal, Denied, Detached, Party, PasswordCheck, Passwords,
    PhoneProof, Unavailable,
    error::{StepError, wraps_steps},
    event::{Effect, EventSubject, Operation, Refused},
    password_check::Guess,
    phone_codes::CodeSlot,
    proof::Claim,
};

/// Registers users by phone number and password, without signing them in: the sign-up of the
/// original's API.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Password hasher.
    pub passwords: Passwords,
    /// Check of the password, if a sign-up is repeated.
    pub password_check: PasswordCheck,
    /// Rules for passwords.
    pub password_policy: PasswordPolicy,
    /// Whether people may sign up.
    pub is_open: bool,
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
    /// Code that was sent to the number, as it was typed.
    pub code: Code,
    /// Chosen password.
    pub password: Password,
    /// The client.
    pub client: Caller,
}

impl SignUp {
    /// Spends the code, then creates the account. Does not sign in.
    ///
    /// A request whose answer was lost can be repeated: until the code would have expired, the same
    /// number, code and password return the account that they have created.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`SignUpError`].
    pub async fn register(&self, registration: Registration) -> Result<User, SignUpError> {
        let this = self.clone();
        let subject = EventSubject::of(&registration.client).phone(&registration.phone);
        let act = |event| async move {
            let refused = match this.create(&registration, event).await {
                Ok(user) => return Ok(SignedUp::Now(user)),
                Err(refused) => refused,
            };
            match this.earlier(&registration, &refused).await? {
                Some(user) => Ok(SignedUp::Earlier(user)),
                None => Err(refused),
            }
        };
        let done = self.detached.perform(Operation::SignUp, subject, act).await;
        done.map(|(SignedUp::Now(user) | SignedUp::Earlier(user))| user)
    }

    async fn create(
        &self,
        registration: &Registration,
        mut event: AccountEvent,
    ) -> Result<User, SignUpError> {
        let Registration { phone, password, client, .. } = registration;
        if !self.is_open {
            return Err(SignUpError::Closed);
        }
        self.password_policy.check(password, phone)?;
        // Whatever can be refused for lack of room comes first, before the code is spent.
        let party = Party { client: client.client, account: phone.clone().into() };
        let turn = self.passwords.enter(party).await?;
        let proven = self.proof.prove(registration.claim()).await?;
        let hash = turn.hash(password.clone()).await;
        let user = User::new(phone.clone(), Some(hash), self.clock.now());
        _ = user.describe(&mut event);
        // Before the account exists, so that none exists without the record, even after a crash.
        proven.record(user.id).await;
        match self.users.insert(&user, &event).await {
            Ok(()) => Ok(user),
            Err(InsertUserError::PhoneTaken) => Err(SignUpError::PhoneTaken),
            Err(InsertUserError::Unavailable(error)) => {
                proven.give_back().await;
                Err(SignUpError::NotStored(error.into()))
            }
        }
    }

    /// The account that the same registration has created before.
    ///
    /// Both the code and the password must be those of that registration: the code alone opens
    /// nothing, and a password is compared within the limits of sign-ins. Without the code, which only
    /// the owner of the number received, numbers with and without an account cost the same work.
    async fn earlier(
        &self,
        registration: &Registration,
        refused: &SignUpError,
    ) -> Result<Option<User>, SignUpError> {
        match refused {
            SignUpError::Code(CodeRefusal::Missing) | SignUpError::PhoneTaken => {}
            SignUpError::Code(CodeRefusal::Mismatch { .. })
            | SignUpError::Closed
            | SignUpError::Password(_)
            | SignUpError::Denied(_)
            | SignUpError::NotStored(_) => return Ok(None),
        }
        let Registration { phone, password, client, .. } = registration;
        let user = self.users.find_by_phone(phone).await.map_err(Denied::from)?;
        let account = user.map(|user| user.id);
        if !self.proof.was_used(registration.claim(), account).await? {
            return Ok(None);
        }
        match self.password_check.check(Guess { phone, password, client: client.client }).await {
            Ok(user) => Ok(Some(user).filter(|user| Some(user.id) == account)),
            Err(StepError::Refused(_)) => Ok(None),
            Err(StepError::Denied(denied)) => Err(denied.into()),
        }
    }
}

impl Registration {
    fn claim(&self) -> Claim<'_> {
        let Self { phone, code, client, .. } = self;
        let slot = CodeSlot { purpose: CodePurpose::Register, phone, owner: None };
        Claim { slot, code, binding: None, client: client.client }
    }
}

/// An account, created by this request or by an earlier one whose answer was lost.
enum SignedUp {
    Now(User),
    Earlier(User),
}

impl Effect for SignedUp {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        match self {
            Self::Now(user) => user.describe(event),
            Self::Earlier(_) => false,
        }
    }
}

/// Reason why no account was created.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// People cannot sign up here; the code was not compared.
    #[error("sign-up is closed")]
    Closed,
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
            Self::Closed => "sign-up-closed",
            Self::Password(_) => "password-refused",
            Self::Denied(denied) => denied.rule(),
            Self::Code(refusal) => refusal.rule(),
            Self::PhoneTaken => "number-taken",
            Self::NotStored(_) => "unavailable",
        }
    }
}
