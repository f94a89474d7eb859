use passport_session::{Method, Methods, SessionToken};
use passport_user::{
    AccountEvent, NickName, Password, PasswordHash, PasswordPolicy, PasswordRefusal, PhoneNumber,
    TermsVersion,
};
use thiserror::Error;

use crate::{
    Arrival, Caller, CodePurpose, CodeRefusal, ConsentRequired, Denied, Detached, Entrance,
    NewAccounts, Party, Passwords, PhoneProof, SignedIn, TypedCode,
    error::{StepError, wraps_steps},
    event::{EventSubject, Operation, Refused},
    new_accounts::{NewAccount, NoAccount},
};

/// Signs people up by a code, with or without a password, and signs them in.
#[derive(Debug, Clone)]
pub struct CodeSignUp {
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Creation of accounts.
    pub new_accounts: NewAccounts,
    /// Password hasher.
    pub passwords: Passwords,
    /// Rules for passwords.
    pub password_policy: PasswordPolicy,
    /// Whether an account may have no password.
    pub passwordless: bool,
    /// Begin of the session.
    pub entrance: Entrance,
    /// Runner of operations.
    pub detached: Detached,
}

/// Request to sign up.
#[derive(Debug)]
pub struct NewUser {
    /// Phone number.
    pub phone: PhoneNumber,
    /// Code of purpose [`SignUp`](CodePurpose::SignUp).
    pub code: TypedCode,
    /// Chosen password, if any.
    pub password: Option<Password>,
    /// Chosen display name, if any.
    pub nick_name: Option<NickName>,
    /// Version of the terms that the person consents to, if any.
    pub terms: Option<TermsVersion>,
    /// Whether the person asked for a long session.
    pub remember: bool,
    /// The client.
    pub client: Caller,
    /// Token that the browser holds already. Its session ends.
    pub former: Option<SessionToken>,
}

impl CodeSignUp {
    /// Spends the code, then creates the account and begins a session.
    ///
    /// Runs to its end even if the caller stops waiting. If a store fails after the code was spent, the
    /// code is given back; if the account exists by then, the retry is told so.
    ///
    /// # Errors
    ///
    /// See [`CodeSignUpError`].
    pub async fn sign_up(&self, new: NewUser) -> Result<SignedIn, CodeSignUpError> {
        let this = self.clone();
        let subject = EventSubject::of(&new.client).phone(&new.phone);
        let act = |event| async move {
            if !this.new_accounts.is_open {
                return Err(CodeSignUpError::SignUpClosed);
            }
            this.check_password(&new)?;
            this.new_accounts.terms.accept(new.terms.as_ref())?;
            // Whatever can be refused for lack of room comes first, before the code is spent.
            let party = Party { client: new.client.client, account: new.phone.clone().into() };
            let turn = match &new.password {
                Some(_) => Some(this.passwords.enter(party).await?),
                None => None,
            };
            let claim = new.code.claim(CodePurpose::SignUp, &new.phone, None, new.client.client);
            let proven = this.proof.prove(claim).await?;
            let hash = match (turn, &new.password) {
                (Some(turn), Some(password)) => Some(turn.hash(password.clone()).await),
                (None, _) | (_, None) => None,
            };
            let outcome = this.create(new, hash, event).await;
            if let Err(CodeSignUpError::Denied(Denied::Unavailable(_))) = outcome {
                proven.give_back().await;
            }
            outcome
        };
        self.detached.perform(Operation::SignUp, subject, act).await
    }

    fn check_password(&self, new: &NewUser) -> Result<(), CodeSignUpError> {
        match &new.password {
            Some(password) => Ok(self.password_policy.check(password, &new.phone)?),
            None if self.passwordless => Ok(()),
            None => Err(CodeSignUpError::PasswordRequired),
        }
    }

    async fn create(
        &self,
        new: NewUser,
        hash: Option<PasswordHash>,
        event: AccountEvent,
    ) -> Result<SignedIn, CodeSignUpError> {
        let NewUser { phone, nick_name, terms, password, remember, client, former, .. } = new;
        let account =
            NewAccount { phone: &phone, password: hash, nick_name, terms, client: &client };
        let user = self.new_accounts.create(account, Some(event)).await?;
        let mut methods = Methods::from(Method::Code);
        if password.is_some() {
            methods = methods.with(Method::Password);
        }
        let arrival = Arrival { methods, remember, former, client: client.clone() };
        match self.entrance.enter(user, arrival).await {
            Ok(signed_in) => {
                self.detached.events().record_begin(&signed_in, &client);
                Ok(signed_in)
            }
            Err(StepError::Denied(denied)) => Err(denied.into()),
            // Changed by an operator or another device in the moment since.
            Err(StepError::Refused(_)) => Err(CodeSignUpError::PhoneTaken),
        }
    }
}

/// Reason why the sign-up failed.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum CodeSignUpError {
    /// People cannot sign up here; the code was not compared.
    #[error("sign-up is closed")]
    SignUpClosed,
    /// Accounts need a password here; the code was not compared.
    #[error("password is required")]
    PasswordRequired,
    /// The password breaks a rule; the code was not compared.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// The terms need a consent; the code was not compared.
    #[error(transparent)]
    Consent(#[from] ConsentRequired),
    /// The operation was refused before the code was compared, or a store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The number has an account; the code is spent.
    #[error("phone number is already registered")]
    PhoneTaken,
}

wraps_steps!(CodeSignUpError);

impl From<NoAccount> for CodeSignUpError {
    fn from(refusal: NoAccount) -> Self {
        match refusal {
            NoAccount::Closed => Self::SignUpClosed,
            NoAccount::Consent(required) => Self::Consent(required),
            NoAccount::PhoneTaken => Self::PhoneTaken,
            NoAccount::NotStored(outage) => Self::Denied(Denied::Unavailable(outage)),
        }
    }
}

impl Refused for CodeSignUpError {
    fn rule(&self) -> &'static str {
        match self {
            Self::SignUpClosed => "sign-up-closed",
            Self::PasswordRequired | Self::Password(_) => "password-refused",
            Self::Consent(_) => "consent-required",
            Self::Denied(denied) => denied.rule(),
            Self::Code(refusal) => refusal.rule(),
            Self::PhoneTaken => "number-taken",
        }
    }
}
