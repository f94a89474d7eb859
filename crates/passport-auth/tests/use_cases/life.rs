//! What people do with their accounts, and how their accounts are then.

use passport_auth::{
    Authenticated, Clock, CodeCredentials, CodePurpose, CodeRequest, CodeSignInError, Freshness,
    NewPassword, NewUser, PasswordReset, SignInError, SignedIn, SignedInByCode, Solved, TypedCode,
};
use passport_codes::Binding;
use passport_session::SessionToken;
use passport_user::{AccountEvent, EventFilter, User};
use time::OffsetDateTime;

use crate::{
    doubles::ANSWER,
    setup::Setup,
    world::{PASSWORD, WRONG_PASSWORD, World, caller, nth_phone, number, password, wrong_code},
};

pub(crate) const NEW_PASSWORD: &str = "staple correct horse";

impl World {
    /// A world in which many messages are allowed.
    pub(crate) fn roomy() -> Self {
        Self::with(Setup::allow_many_messages)
    }

    /// A code for a client that is not signed in.
    pub(crate) async fn typed_code(&self, phone: &str, purpose: CodePurpose) -> TypedCode {
        let request = CodeRequest { purpose, ..self.code_request(phone).await };
        let sent = self.request_code.send(request).await.expect("a code is sent");
        self.last_code(sent.id)
    }

    /// A code that confirms a session of `person`.
    pub(crate) async fn confirm_code(&self, person: &Authenticated) -> TypedCode {
        let sent = self.accounts.request_own_code.confirm(person.clone(), caller(1)).await;
        self.last_code(sent.expect("a code is sent").id)
    }

    /// A code that proves a new number of `person`.
    pub(crate) async fn change_code(&self, person: &Authenticated, phone: &str) -> TypedCode {
        let solved = self.solved().await;
        let own_codes = &self.accounts.request_own_code;
        let sent = own_codes.change_number(person.clone(), number(phone), solved, caller(1)).await;
        self.last_code(sent.expect("a code is sent").id)
    }

    pub(crate) async fn solved(&self) -> Solved {
        Solved { challenge: self.challenge().await, answer: ANSWER.to_owned() }
    }

    fn last_code(&self, id: Option<Binding>) -> TypedCode {
        TypedCode { id: id.expect("the code is bound"), code: self.gateway.last_code() }
    }

    pub(crate) async fn sign_in_by_code(
        &self,
        phone: &str,
    ) -> Result<SignedInByCode, CodeSignInError> {
        let code = self.typed_code(phone, CodePurpose::SignIn).await;
        self.accounts.code_sign_in.sign_in(code_credentials(phone, &code)).await
    }

    /// A signed-in person who has [`PASSWORD`]; signs up first, if need be.
    pub(crate) async fn person(&self, phone: &str) -> Authenticated {
        if !self.has_account(phone).await {
            self.user(phone).await;
        }
        let signed_in = self.sign_in(phone, PASSWORD).await.expect("the password is right");
        self.read(&signed_in.token).await.expect("the session is valid")
    }

    /// A person who signed in by a code, and has no password unless they had one before.
    pub(crate) async fn code_person(&self, phone: &str) -> Authenticated {
        let entered = self.sign_in_by_code(phone).await.expect("the code is good");
        self.read(&entered.signed_in.token).await.expect("the session is valid")
    }

    /// The person of `token`, if the session is valid.
    pub(crate) async fn read(&self, token: &SessionToken) -> Option<Authenticated> {
        self.authenticate.authenticate(token).await.expect("the stores answer")
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&self, at: OffsetDateTime) {
        let ahead = at - self.clock.now();
        if ahead.is_negative() {
            self.clock.set_back(ahead.unsigned_abs());
        } else {
            self.clock.advance(ahead.unsigned_abs());
        }
    }

    pub(crate) fn freshness(&self) -> &Freshness {
        &self.accounts.leave.freshness
    }

    /// The account of a number.
    pub(crate) async fn account(&self, phone: &str) -> Option<User> {
        self.users.find_by_phone(&number(phone)).await.expect("the repository answers")
    }

    /// Every event so far. Events of one moment have no order.
    pub(crate) async fn events(&self) -> Vec<AccountEvent> {
        self.detached.events().flush().await;
        let all = self.journal.read(&EventFilter::default(), None, 10_000).await;
        all.expect("the journal answers")
    }

    /// Number of wrong guesses of one client that are compared until one is refused: five in a row for
    /// one number by default.
    pub(crate) async fn guesses_left(&self, phone: &str) -> usize {
        let mut guesses = 0;
        while let Err(SignInError::WrongCredentials(_)) = self.sign_in(phone, WRONG_PASSWORD).await
        {
            guesses += 1;
            assert!(guesses < 1_000, "wrong guesses are never refused");
        }
        guesses
    }

    /// As [`guesses_left`](Self::guesses_left), with another number each: ten in a minute by default.
    pub(crate) async fn client_guesses_left(&self) -> usize {
        let mut guesses = 0;
        while let Err(SignInError::WrongCredentials(_)) =
            self.sign_in(&nth_phone(5_000 + guesses), WRONG_PASSWORD).await
        {
            guesses += 1;
            assert!(guesses < 1_000, "wrong guesses are never refused");
        }
        guesses
    }

    pub(crate) async fn is_signed_in(&self, signed_in: &SignedIn) -> bool {
        let found = self.authenticate.authenticate(&signed_in.token).await;
        found.expect("the stores answer").is_some()
    }

    pub(crate) async fn has_account(&self, phone: &str) -> bool {
        let found = self.sign_up.users.find_by_phone(&number(phone)).await;
        found.expect("the repository answers").is_some()
    }

    pub(crate) async fn sessions_of(&self, user: &User) -> usize {
        let sessions = self.sessions.list(user).await;
        sessions.expect("the store answers").len()
    }
}

pub(crate) fn code_credentials(phone: &str, code: &TypedCode) -> CodeCredentials {
    CodeCredentials {
        phone: number(phone),
        code: code.clone(),
        nick_name: None,
        terms: None,
        remember: false,
        client: caller(1),
        former: None,
    }
}

/// A sign-up with a password.
pub(crate) fn new_user(phone: &str, code: &TypedCode) -> NewUser {
    NewUser {
        phone: number(phone),
        code: code.clone(),
        password: Some(password(PASSWORD)),
        nick_name: None,
        terms: None,
        remember: false,
        client: caller(1),
        former: None,
    }
}

/// From [`PASSWORD`] to [`NEW_PASSWORD`].
pub(crate) fn new_password() -> NewPassword {
    NewPassword {
        current: Some(password(PASSWORD)),
        password: password(NEW_PASSWORD),
        keep_sessions: false,
    }
}

/// A reset to [`NEW_PASSWORD`].
pub(crate) fn reset(phone: &str, code: &TypedCode) -> PasswordReset {
    PasswordReset {
        phone: number(phone),
        code: code.clone(),
        password: password(NEW_PASSWORD),
        client: caller(1),
    }
}

/// A wrong guess of the client that asked for `code`.
pub(crate) fn mistyped(code: &TypedCode) -> TypedCode {
    TypedCode { id: code.id, code: wrong_code() }
}

/// The right digits, from a client that did not ask for the code.
pub(crate) fn strangers(code: &TypedCode) -> TypedCode {
    TypedCode { id: Binding::from_bytes([7; 16]), code: code.code.clone() }
}
