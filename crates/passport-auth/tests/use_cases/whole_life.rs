//! The whole life of an account, with a refusal of each kind, for tests of what it leaves behind.

use passport_auth::{
    Authenticated, Caller, CodePurpose, CodeRequest, NewPassword, NewUser, NotAdmitted, Proof,
    Return, SignInError, Solved, TypedCode,
};
use passport_codes::Code;
use passport_user::Actor;

use crate::{
    life::{NEW_PASSWORD, code_credentials, mistyped, new_password, new_user, reset},
    world::{PASSWORD, WRONG_PASSWORD, World, caller, credentials, number, password},
};

/// What the life has seen and must leave nowhere.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub(crate) codes: Vec<Code>,
    pub(crate) texts: Vec<String>,
}

impl Secrets {
    fn keep(&mut self, code: &TypedCode) {
        self.codes.push(code.code.clone());
        self.texts.push(code.id.expose());
    }

    fn keep_token(&mut self, person: &Authenticated) {
        self.texts.push(person.token.expose().to_string());
    }
}

/// A client with an id of its request.
pub(crate) fn requester() -> Caller {
    Caller { request_id: Some("request-77".to_owned()), ..caller(77) }
}

/// Lives the life of an account at the number `from`, which is changed to `to` and back.
pub(crate) async fn live(world: &World, from: &str, to: &str) -> Secrets {
    let mut secrets = Secrets::default();
    let (accounts, client) = (&world.accounts, requester());
    let request = async |phone: &str, purpose| {
        let challenge = world.challenge().await;
        let answer = crate::doubles::ANSWER.to_owned();
        let (client, phone) = (requester(), number(phone));
        let locale = passport_auth::Locale::En;
        let request = CodeRequest { phone, purpose, challenge, answer, client, locale };
        let sent = world.request_code.send(request).await.expect("a code is sent");
        TypedCode { id: sent.id.expect("it is bound"), code: world.gateway.last_code() }
    };

    // Sign-up, with a wrong code first.
    let code = request(from, CodePurpose::SignUp).await;
    secrets.keep(&code);
    let sign_up = |code: &TypedCode| NewUser { client: requester(), ..new_user(from, code) };
    accounts.code_sign_up.sign_up(sign_up(&mistyped(&code))).await.unwrap_err();
    accounts.code_sign_up.sign_up(sign_up(&code)).await.expect("the code is good");

    // Sign-ins.
    let by = |text| passport_auth::Credentials { client: requester(), ..credentials(from, text) };
    world.sign_in.sign_in(by(WRONG_PASSWORD)).await.unwrap_err();
    let signed_in = world.sign_in.sign_in(by(PASSWORD)).await.expect("the password is right");
    let person = world.read(&signed_in.token).await.expect("it is valid");
    secrets.keep_token(&person);
    let code = request(from, CodePurpose::SignIn).await;
    secrets.keep(&code);
    let by_code = |code: &TypedCode| passport_auth::CodeCredentials {
        client: requester(),
        ..code_credentials(from, code)
    };
    accounts.code_sign_in.sign_in(by_code(&mistyped(&code))).await.unwrap_err();
    let other = accounts.code_sign_in.sign_in(by_code(&code)).await.expect("it is good");
    let other = world.read(&other.signed_in.token).await.expect("it is valid");
    secrets.keep_token(&other);

    // Confirmation.
    let wrong = Proof::Password(password(WRONG_PASSWORD));
    accounts.confirm_session.confirm(person.clone(), wrong, client.clone()).await.unwrap_err();
    let right = Proof::Password(password(PASSWORD));
    let confirmed = accounts.confirm_session.confirm(person, right, client.clone()).await;
    let person = world.read(&confirmed.expect("it is right").token).await.expect("it is valid");
    secrets.keep_token(&person);
    let code = accounts.request_own_code.confirm(person.clone(), client.clone()).await;
    let code =
        TypedCode { id: code.expect("sent").id.expect("bound"), code: world.gateway.last_code() };
    secrets.keep(&code);

    // Profile and devices.
    let profile = &accounts.profile;
    let name = "Wang Secretname".parse().expect("the name is right");
    profile.rename(person.clone(), name, client.clone()).await.expect("it is stored");
    profile.history(&person, None).await.expect("it is read");
    accounts.export_data.export(person.clone(), client.clone()).await.expect("it is fresh");
    world.own_sessions.end(&person, other.session.id, &client).await.expect("it ends");
    world.own_sessions.end_others(&person, &client).await.expect("they end");

    // Password.
    let wrong = NewPassword { current: Some(password(WRONG_PASSWORD)), ..new_password() };
    accounts.change_password.change(person.clone(), wrong, client.clone()).await.unwrap_err();
    let changed = accounts.change_password.change(person, new_password(), client.clone()).await;
    let renewed = changed.expect("it is right").renewed.expect("it is kept");
    let person = world.read(&renewed.token).await.expect("it is valid");
    secrets.keep_token(&person);

    // Number, and back.
    let solved = world.solved().await;
    let wrong = Solved { answer: "wrong".to_owned(), ..world.solved().await };
    let own_codes = &accounts.request_own_code;
    own_codes.change_number(person.clone(), number(to), wrong, client.clone()).await.unwrap_err();
    let sent = own_codes.change_number(person.clone(), number(to), solved, client.clone()).await;
    let id = sent.expect("sent").id.expect("bound");
    let code = TypedCode { id, code: world.gateway.last_code() };
    secrets.keep(&code);
    let changed = accounts.change_number.change(person, number(to), code, client.clone()).await;
    let user = changed.expect("the code is good").user.id;
    let code = request(from, CodePurpose::UndoNumber).await;
    secrets.keep(&code);
    let undo = &accounts.undo_number;
    undo.undo(number(from), mistyped(&code), client.clone()).await.unwrap_err();
    undo.undo(number(from), code, client.clone()).await.expect("the code is good");

    // Reset.
    let code = request(from, CodePurpose::Reset).await;
    secrets.keep(&code);
    let reset = |code: &TypedCode| passport_auth::PasswordReset {
        client: requester(),
        ..reset(from, code)
    };
    accounts.reset_password.reset(reset(&mistyped(&code))).await.unwrap_err();
    accounts.reset_password.reset(reset(&code)).await.expect("the code is good");

    // Standing.
    let operator = || Actor::operator("eve");
    accounts.standing.disable(user, operator()).await.expect("the stores answer");
    world.sign_in.sign_in(by(NEW_PASSWORD)).await.unwrap_err();
    accounts.standing.enable(user, operator()).await.expect("the stores answer");

    // Deletion, withdrawn and requested again.
    for is_withdrawn in [true, false] {
        let signed_in = world.sign_in.sign_in(by(NEW_PASSWORD)).await.expect("it is right");
        let person = world.read(&signed_in.token).await.expect("it is valid");
        secrets.keep_token(&person);
        accounts.leave.leave(person, client.clone()).await.expect("it is fresh");
        let told = world.sign_in.sign_in(by(NEW_PASSWORD)).await;
        let Err(SignInError::NotAdmitted(NotAdmitted::Leaving { continuation, .. })) = told else {
            panic!("{told:?}");
        };
        secrets.texts.push(continuation.expose().to_owned());
        if is_withdrawn {
            let client = client.clone();
            let request = Return { continuation, remember: true, client, former: None };
            let restored = accounts.restore.restore(request).await.expect("it is valid");
            world.sign_out.sign_out(&restored.token, &requester()).await.expect("it ends");
        }
    }
    world.clock.advance(world.setup.grace);
    assert_eq!(accounts.purge_users.run().await.expect("the stores answer"), 1);
    secrets
}
