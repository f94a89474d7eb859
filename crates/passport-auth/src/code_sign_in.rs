use std::sync::Arc;

use passport_session::{Method, SessionToken};
use passport_user::{AccountEvent, NickName, PhoneNumber, TermsVersion, User, UserRepository};
use thiserror::Error;

use crate::{
    Arrival, Caller, CodePurpose, CodeRefusal, ConsentRequired, Denied, Detached, Entrance,
    NewAccounts, NotAdmitted, PhoneProof, SignedIn, TypedCode,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
    new_accounts::{NewAccount, NoAccount},
};

/// Signs people in by a code, and signs them up in the same step if their number has no account.
#[derive(Debug, Clone)]
pub struct CodeSignIn {
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Creation of accounts.
    pub new_accounts: NewAccounts,
    /// Whether an account may have no password.
    pub passwordless: bool,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Begin of the session.
    pub entrance: Entrance,
    /// Runner of operations.
    pub detached: Detached,
}

/// Request to sign in by a code.
#[derive(Debug)]
pub struct CodeCredentials {
    /// Phone number.
    pub phone: PhoneNumber,
    /// Code of purpose [`SignIn`](CodePurpose::SignIn).
    pub code: TypedCode,
    /// Display name, if an account is created.
    pub nick_name: Option<NickName>,
    /// Version of the terms that the person consents to, if an account is created.
    pub terms: Option<TermsVersion>,
    /// Whether the person asked for a long session.
    pub remember: bool,
    /// The client.
    pub client: Caller,
    /// Token that the browser holds already. Its session ends.
    pub former: Option<SessionToken>,
}

impl CodeCredentials {
    /// A request without a name, a consent, a long session or a former one.
    pub fn new(phone: PhoneNumber, code: TypedCode, client: Caller) -> Self {
        let (nick_name, terms, former) = (None, None, None);
        Self { phone, code, nick_name, terms, remember: false, client, former }
    }
}

/// A user who signed in by a code.
#[derive(Debug)]
pub struct SignedInByCode {
    /// The user and the session.
    pub signed_in: SignedIn,
    /// Whether the account is new.
    pub is_new: bool,
}

impl CodeSignIn {
    /// Spends the code, then signs in or up. Whether the number has an account plays no part before the
    /// code is proved.
    ///
    /// Runs to its end even if the caller stops waiting. If a store fails after the code was spent, or a
    /// new account needs a consent, the code is given back: the same code, sent again with the consent,
    /// creates the account without another message.
    ///
    /// # Errors
    ///
    /// See [`CodeSignInError`].
    pub async fn sign_in(
        &self,
        credentials: CodeCredentials,
    ) -> Result<SignedInByCode, CodeSignInError> {
        let this = self.clone();
        let subject =
            EventSubject::of(&credentials.client).phone(&credentials.phone).method(Method::Code);
        let act = |_| async move {
            let CodeCredentials { phone, code, client, .. } = &credentials;
            let claim = code.claim(CodePurpose::SignIn, phone, None, client.client);
            let proven = this.proof.prove(claim).await?;
            let outcome = this.enter(credentials).await;
            if let Err(
                CodeSignInError::Denied(Denied::Unavailable(_)) | CodeSignInError::Consent(_),
            ) = outcome
            {
                proven.give_back().await;
            }
            outcome
        };
        self.detached.perform(Operation::SignIn, subject, act).await
    }

    async fn enter(&self, credentials: CodeCredentials) -> Result<SignedInByCode, CodeSignInError> {
        let CodeCredentials { phone, nick_name, terms, remember, client, former, .. } = credentials;
        let found = self.users.find_by_phone(&phone).await.map_err(Denied::from)?;
        let (user, is_new) = match found {
            Some(user) => (user, false),
            None if self.new_accounts.is_open && !self.passwordless => {
                return Err(CodeSignInError::NoAccount);
            }
            None => {
                let account =
                    NewAccount { phone: &phone, password: None, nick_name, terms, client: &client };
                match self.new_accounts.create(account, None).await {
                    Ok(user) => (user, true),
                    Err(NoAccount::PhoneTaken) => (self.other_owner(&phone).await?, false),
                    Err(refusal) => return Err(refusal.into()),
                }
            }
        };
        let arrival = Arrival { methods: Method::Code.into(), remember, former, client };
        let signed_in = self.entrance.enter(user, arrival).await?;
        // The code is another authenticator than the password (NIST SP 800-63B-4 §3.2.2).
        self.proof.clear_password_failures(&phone).await;
        Ok(SignedInByCode { signed_in, is_new })
    }
}

impl CodeSignIn {
    /// The account that has got the number meanwhile. There is none if the number is kept back for an
    /// account that has changed from it.
    async fn other_owner(&self, phone: &PhoneNumber) -> Result<User, CodeSignInError> {
        let found = self.users.find_by_phone(phone).await.map_err(Denied::from)?;
        found.ok_or(CodeSignInError::KeptBack)
    }
}

/// Reason why the sign-in failed.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum CodeSignInError {
    /// The operation was refused before the code was compared, or a store could not answer. The code can
    /// be used again, unless its store failed too.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The number has no account, and sign-up is closed.
    #[error("sign-up is closed")]
    SignUpClosed,
    /// The number has no account, and a new one needs a password, which a sign-in has not.
    #[error("number has no account")]
    NoAccount,
    /// The number has no account, and a new one needs a consent to the terms. The code can be used again.
    #[error(transparent)]
    Consent(#[from] ConsentRequired),
    /// The number is kept back for an account that has changed from it, so that the change can be
    /// undone.
    #[error("number is kept back for the undo of a change")]
    KeptBack,
    /// The account may not sign in.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
}

wraps_steps!(CodeSignInError);

impl From<NoAccount> for CodeSignInError {
    fn from(refusal: NoAccount) -> Self {
        match refusal {
            NoAccount::Closed => Self::SignUpClosed,
            NoAccount::Consent(required) => Self::Consent(required),
            NoAccount::PhoneTaken => Self::KeptBack,
            NoAccount::NotStored(outage) => Self::Denied(Denied::Unavailable(outage)),
        }
    }
}

impl Refused for CodeSignInError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Code(refusal) => refusal.rule(),
            Self::SignUpClosed => "sign-up-closed",
            Self::NoAccount => "no-account",
            Self::Consent(_) => "consent-required",
            Self::KeptBack => "number-taken",
            Self::NotAdmitted(refusal) => refusal.rule(),
        }
    }
}

impl Effect for SignedInByCode {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        self.signed_in.describe(event)
    }
}
