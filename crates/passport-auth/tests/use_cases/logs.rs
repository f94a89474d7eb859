//! The log: what it must and must not contain.

use std::{
    io,
    sync::{Mutex, Once},
};

use passport_auth::{
    ChallengeRefusal, CodeRequest, Credentials, RequestCodeError, SendOutcome, SignInError,
};
use passport_codes::CodeLength;
use passport_user::{PasswordHash, User};
use tracing::Level;

use crate::{
    doubles::ANSWER,
    world::{
        COOLDOWN, PASSWORD, WRONG_PASSWORD, World, caller, created, credentials, number, wrong_code,
    },
};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Records the log of this process, at every level. The subscriber is global, because a scoped one
/// misses events that the filters of other threads have disabled.
pub(crate) fn begin() {
    static BEGIN: Once = Once::new();
    BEGIN.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(|| Writer)
            .finish();
        tracing::subscriber::set_global_default(subscriber)
            .expect("no other subscriber is installed");
    });
}

/// Lines that were logged so far.
pub(crate) fn lines() -> Vec<String> {
    let log = LOG.lock().expect("no test panics while it logs");
    String::from_utf8_lossy(&log).lines().map(str::to_owned).collect()
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().expect("no test panics while it logs").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The client does not learn the cause, so the log has to have it.
#[tokio::test]
async fn a_message_that_could_not_be_recorded_is_an_outage_with_its_cause() {
    let world = World::new();
    let phone = "13612345678";
    world.gateway.answer(SendOutcome::NotRecorded("the disk is full".into()));
    world.request_code(phone).await.unwrap_err();
    let lines = lines();
    let mut own = lines.iter().filter(|line| line.contains("136****5678"));
    let line = own.next().expect("the event is logged");
    assert!(line.contains("ERROR") && line.contains("the disk is full"), "{line}");
    assert_eq!(own.next(), None, "the event is logged once");
    let code = world.gateway.last_code();
    assert!(!line.contains(code.expose()) && !line.contains(phone), "{line}");
}

#[tokio::test]
async fn otp_8_no_code_password_token_or_whole_number_is_logged() {
    let (phone, masked) = ("13512345678", "135****5678");
    // A code of 10 digits is in no id by chance.
    let mut world = World::with(|setup| setup.code_length = CodeLength::new(10).unwrap());
    let _span = tracing::info_span!("request").entered();

    world.gateway.answer(SendOutcome::NotSent("gateway is down".into()));
    world.outage.take_down(&["codes.withdraw", "throttle.refund"]);
    world.request_code(phone).await.unwrap_err();
    world.outage.end();
    let unsent = world.gateway.last_code();
    world.clock.advance(COOLDOWN);
    let request = world.code_request(phone).await;
    let wrong = CodeRequest { answer: "wrong".to_owned(), ..request.clone() };
    assert!(matches!(
        world.request_code.send(wrong).await,
        Err(RequestCodeError::Challenge(ChallengeRefusal::Wrong))
    ));
    let lost = world.request_code(phone).await.unwrap();
    world.outage.take_down(&["users.insert", "codes.restore"]);
    world.sign_up(phone, &lost).await.unwrap_err();
    world.outage.end();
    world.clock.advance(COOLDOWN);
    let code = world.request_code(phone).await.unwrap();
    world.sign_up(phone, &wrong_code()).await.unwrap_err();
    let user = world.sign_up(phone, &code).await.unwrap();

    world.hash_at(5);
    world.outage.take_down(&[
        "users.replace_password_hash",
        "users.record_login",
        "throttle.refund",
    ]);
    world.sign_in(phone, WRONG_PASSWORD).await.unwrap_err();
    let first = world.sign_in(phone, PASSWORD).await.unwrap();
    world.outage.end();
    let former = Some(first.token.clone());
    let second =
        world.sign_in.sign_in(Credentials { former, ..credentials(phone, PASSWORD) }).await;
    let second = second.unwrap();
    world.authenticate.authenticate(&second.token).await.unwrap().unwrap();
    world.sign_out.sign_out(&second.token, &caller(1)).await.unwrap();
    let unreadable = PasswordHash::new("$argon2id$unreadable");
    let stranger = User {
        password_hash: Some(unreadable),
        ..User::new(number("13587654321"), user.password_hash.clone(), user.created_at)
    };
    world.sign_up.users.insert(&stranger, &created(&stranger)).await.unwrap();
    assert!(matches!(
        world.sign_in("13587654321", PASSWORD).await,
        Err(SignInError::WrongCredentials(_))
    ));

    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    for said in [
        "code not sent",
        "code sent",
        "unsent code was not withdrawn",
        "charge was not refunded",
        "spent code was not given back",
        "signed up",
        "password hash was not renewed",
        "sign-in was not recorded",
        "signed in",
        "signed out",
        "user cannot sign in",
        masked,
    ] {
        assert!(log.contains(said), "not logged: {said}");
    }
    for secret in [
        unsent.expose(),
        lost.expose(),
        code.expose(),
        &first.token.expose(),
        &second.token.expose(),
        PASSWORD,
        WRONG_PASSWORD,
        ANSWER,
        phone,
        "13587654321",
        "bcrypt",
        "argon2id",
    ] {
        assert!(!log.contains(secret), "{secret} is logged");
    }
}
