//! The whole life of an account, with a refusal of each kind, for tests of what it leaves behind.

use futures::{FutureExt, future::LocalBoxFuture};
use passport_auth::{
    Audit, Authenticated, Caller, Clock, CodeCredentials, CodePurpose, CodeRequest, Credentials,
    LimitSubject, NewPassword, NewToken, NewUser, NotAdmitted, PasswordReset, Proof, Return,
    SentCode, SignInError, SignedIn, Solved, TypedCode,
};
use passport_codes::Code;
use passport_session::SessionToken;
use passport_user::{OperatorName, Scope, UserId};

use crate::{
    life::{NEW_PASSWORD, code_credentials, mistyped, new_password, new_user, reset},
    operators::operator,
    world::{PASSWORD, WRONG_PASSWORD, World, caller, credentials, number, password},
};

/// What the life has seen and must leave nowhere.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub(crate) codes: Vec<Code>,
    pub(crate) texts: Vec<String>,
}

/// Lives the life of an account at the number `from`, which is changed to `to` and back.
pub(crate) fn live<'a>(
    world: &'a World,
    from: &'a str,
    to: &'a str,
) -> LocalBoxFuture<'a, Secrets> {
    live_once(world, from, to).boxed_local()
}

async fn live_once(world: &World, from: &str, to: &str) -> Secrets {
    let mut life = Life { world, from, to, secrets: Secrets::default() };
    life.sign_up().await;
    let (person, other) = life.sign_in().await;
    let person = life.confirm(person).await;
    life.see_profile(&person, &other).await;
    let person = life.change_password(person).await;
    let user = life.change_number(person).await;
    life.undo_and_reset().await;
    life.be_disabled(user).await;
    life.be_looked_after(user).await;
    life.leave_twice().await;
    life.secrets
}

struct Life<'a> {
    world: &'a World,
    from: &'a str,
    to: &'a str,
    secrets: Secrets,
}

impl Life<'_> {
    async fn sign_up(&mut self) {
        let code = self.code(CodePurpose::SignUp).await;
        for (code, is_right) in [(mistyped(&code), false), (code, true)] {
            let new = NewUser { client: client(), ..new_user(self.from, &code) };
            let signed_up = self.world.accounts.code_sign_up.sign_up(new).await;
            assert_eq!(signed_up.is_ok(), is_right);
        }
    }

    async fn sign_in(&mut self) -> (Authenticated, Authenticated) {
        let refused = self.by_password(WRONG_PASSWORD).await;
        assert!(matches!(refused, Err(SignInError::WrongCredentials(_))));
        let by_password = self.by_password(PASSWORD).await.expect("it is right");
        let code = self.code(CodePurpose::SignIn).await;
        let credentials = |code: &TypedCode| CodeCredentials {
            client: client(),
            ..code_credentials(self.from, code)
        };
        let code_sign_in = &self.world.accounts.code_sign_in;
        let wrong = code_sign_in.sign_in(credentials(&mistyped(&code))).await;
        assert!(wrong.is_err());
        let by_code = code_sign_in.sign_in(credentials(&code)).await.expect("it is right");
        (self.read(&by_password.token).await, self.read(&by_code.signed_in.token).await)
    }

    async fn confirm(&mut self, person: Authenticated) -> Authenticated {
        let own_codes = &self.world.accounts.request_own_code;
        let sent = own_codes.confirm(person.clone(), client()).await;
        self.keep(&sent.expect("a code is sent"));
        let confirm = |text| {
            let proof = Proof::Password(password(text));
            self.world.accounts.confirm_session.confirm(person.clone(), proof, client())
        };
        assert!(confirm(WRONG_PASSWORD).await.is_err());
        let confirmed = confirm(PASSWORD).await.expect("it is right");
        self.read(&confirmed.token).await
    }

    async fn see_profile(&self, person: &Authenticated, other: &Authenticated) {
        let (profile, export) = (&self.world.accounts.profile, &self.world.accounts.export_data);
        let name = "Wang Secretname".parse().expect("the name is right");
        profile.rename(person.clone(), name, client()).await.expect("it is stored");
        profile.history(person, None).await.expect("it is read");
        export.export(person.clone(), client()).await.expect("it is fresh");
        let own_sessions = &self.world.own_sessions;
        own_sessions.end(person, other.session.id, &client()).await.expect("it ends");
        own_sessions.end_others(person, &client()).await.expect("they end");
    }

    async fn change_password(&mut self, person: Authenticated) -> Authenticated {
        let change = &self.world.accounts.change_password;
        let wrong = NewPassword { current: Some(password(WRONG_PASSWORD)), ..new_password() };
        assert!(change.change(person.clone(), wrong, client()).await.is_err());
        let changed = change.change(person, new_password(), client()).await;
        let renewed = changed.expect("it is right").renewed.expect("it is kept");
        self.read(&renewed.token).await
    }

    async fn change_number(&mut self, person: Authenticated) -> UserId {
        let own_codes = &self.world.accounts.request_own_code;
        let to = || number(self.to);
        let wrong = Solved { answer: "wrong".to_owned(), ..self.world.solved().await };
        assert!(own_codes.change_number(person.clone(), to(), wrong, client()).await.is_err());
        let solved = self.world.solved().await;
        let sent = own_codes.change_number(person.clone(), to(), solved, client()).await;
        let code = self.keep(&sent.expect("a code is sent"));
        let change = &self.world.accounts.change_number;
        let changed = change.change(person, number(self.to), code, client()).await;
        changed.expect("the code is right").user.id
    }

    async fn undo_and_reset(&mut self) {
        let code = self.code(CodePurpose::UndoNumber).await;
        let undo = &self.world.accounts.undo_number;
        assert!(undo.undo(number(self.from), mistyped(&code), client()).await.is_err());
        undo.undo(number(self.from), code, client()).await.expect("the code is right");
        let code = self.code(CodePurpose::Reset).await;
        let reset = |code: &TypedCode| PasswordReset { client: client(), ..reset(self.from, code) };
        let reset_password = &self.world.accounts.reset_password;
        assert!(reset_password.reset(reset(&mistyped(&code))).await.is_err());
        reset_password.reset(reset(&code)).await.expect("the code is right");
    }

    async fn be_disabled(&self, user: UserId) {
        let standing = &self.world.accounts.operators.standing;
        standing.disable(user, &operator()).await.expect("the stores answer");
        assert!(self.by_password(NEW_PASSWORD).await.is_err());
        standing.enable(user, &operator()).await.expect("the stores answer");
    }

    /// What operators do that changes little.
    async fn be_looked_after(&mut self, user: UserId) {
        let operators = &self.world.accounts.operators;
        let found = self.world.users.find(user).await.expect("it answers").expect("it is there");
        operators.directory.look(&found, &operator()).await.expect("it has a number");
        operators.credentials.unlock(user, &operator()).await.expect("the stores answer");
        let number = LimitSubject::Phone(found.phone.clone().expect("it has a number"));
        operators.limits.reset(number, &operator()).await.expect("the stores answer");
        operators.export.export(user, &operator()).await.expect("the stores answer");
        let new = NewToken {
            name: OperatorName::from_stored("ci"),
            scopes: [Scope::UsersRead].into_iter().collect(),
            expires_in: None,
        };
        let (secret, _) = operators.tokens.add(new, &operator()).await.expect("the name is free");
        let text = String::clone(&secret.expose());
        let admitted = operators.admission.admit(Some(&text), Scope::UsersWrite, &client()).await;
        assert!(admitted.is_err());
        self.secrets.texts.push(text);
        assert!(operators.tokens.remove("ci", &operator()).await.expect("the stores answer"));
        operators.token_keys.rotate(false, &operator()).await.expect("the stores answer");
        let key = operators.token_keys.rotate(true, &operator()).await.expect("it is free");
        operators.token_keys.retire(&key.id, &operator()).await.expect("another one signs");
        let before = self.world.clock.now() - Audit::YOUNGEST_PURGED;
        operators.audit.purge(before, &operator()).await.expect("the journal answers");
    }

    /// The first time the deletion is withdrawn.
    async fn leave_twice(&mut self) {
        let accounts = &self.world.accounts;
        for is_withdrawn in [true, false] {
            let signed_in = self.by_password(NEW_PASSWORD).await.expect("it is right");
            let person = self.read(&signed_in.token).await;
            accounts.leave.leave(person, client()).await.expect("it is fresh");
            let told = self.by_password(NEW_PASSWORD).await;
            let Err(SignInError::NotAdmitted(NotAdmitted::Leaving { continuation, .. })) = told
            else {
                panic!("{told:?}");
            };
            self.secrets.texts.push(continuation.expose().to_owned());
            if is_withdrawn {
                let request =
                    Return { continuation, remember: true, client: client(), former: None };
                let restored = accounts.restore.restore(request).await.expect("it is valid");
                let sign_out = &self.world.sign_out;
                sign_out.sign_out(&restored.token, &client()).await.expect("it ends");
            }
        }
        self.world.clock.advance(self.world.setup.grace);
        assert_eq!(accounts.purge_users.run().await.expect("the stores answer"), 1);
    }

    async fn by_password(&self, text: &str) -> Result<SignedIn, SignInError> {
        let credentials = Credentials { client: client(), ..credentials(self.from, text) };
        self.world.sign_in.sign_in(credentials).await
    }

    /// A code for the number `from`.
    async fn code(&mut self, purpose: CodePurpose) -> TypedCode {
        let request = self.world.code_request(self.from).await;
        let request = CodeRequest { purpose, client: client(), ..request };
        let sent = self.world.request_code.send(request).await.expect("a code is sent");
        self.keep(&sent)
    }

    fn keep(&mut self, sent: &SentCode) -> TypedCode {
        let id = sent.id.expect("the code is bound");
        let code = self.world.gateway.last_code();
        self.secrets.codes.push(code.clone());
        self.secrets.texts.push(id.expose());
        TypedCode { id, code }
    }

    async fn read(&mut self, token: &SessionToken) -> Authenticated {
        self.secrets.texts.push(String::clone(&token.expose()));
        self.world.read(token).await.expect("the session is valid")
    }
}

/// A client with an id of its request.
fn client() -> Caller {
    Caller { request_id: Some("request-77".to_owned()), ..caller(77) }
}
