//! Numbers, clients and requests of the tests.

use std::net::IpAddr;

use passport_auth::{
    Caller, ChallengeId, ClientAddress, CodePurpose, CodeRequest, Credentials, Locale, Registration,
};
use passport_codes::Code;
use passport_user::{AccountEvent, EventKind, Password, PhoneNumber, User};

use crate::{doubles::ANSWER, world::PASSWORD};

/// Request of a client that solved `challenge`.
pub(crate) fn code_request_of(phone: &str, challenge: ChallengeId) -> CodeRequest {
    CodeRequest {
        phone: number(phone),
        purpose: CodePurpose::Register,
        challenge,
        answer: ANSWER.to_owned(),
        client: caller(1),
        locale: Locale::En,
    }
}

pub(crate) fn number(phone: &str) -> PhoneNumber {
    phone.parse().expect("the number is right")
}

/// Number `n` of many.
pub(crate) fn nth_phone(n: usize) -> String {
    format!("137{n:08}")
}

pub(crate) fn client(last: u8) -> ClientAddress {
    IpAddr::from([192, 0, 2, last]).into()
}

pub(crate) fn caller(last: u8) -> Caller {
    IpAddr::from([192, 0, 2, last]).into()
}

pub(crate) fn password(text: &str) -> Password {
    Password::new(text).expect("the password is short")
}

/// A code that matches no other.
pub(crate) fn wrong_code() -> Code {
    Code::from_text("wrong!".to_owned())
}

pub(crate) fn registration(phone: &str, code: &Code) -> Registration {
    Registration {
        phone: number(phone),
        code: code.clone(),
        password: password(PASSWORD),
        client: caller(1),
    }
}

pub(crate) fn credentials(phone: &str, password: &str) -> Credentials {
    Credentials {
        phone: number(phone),
        password: self::password(password),
        remember: false,
        client: caller(1),
        former: None,
    }
}

/// The event of a sign-up.
pub(crate) fn created(user: &User) -> AccountEvent {
    AccountEvent::new(EventKind::UserCreated, user.created_at)
}
