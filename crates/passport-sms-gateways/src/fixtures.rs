//! Fixtures of the gateways' tests.

use std::time::Duration;

use hyper::body::Bytes;
use passport_sms_client::{
    Class, Clock, Intent, Locale, Message, Outcome, Purpose, Rejection, Scope,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::Site;
use crate::kit::transport::Answer;

/// 17:43:30 in China.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

pub(crate) fn site() -> Site {
    Site::new(clock())
}

pub(crate) fn clock() -> Clock {
    Clock::new(|| NOW)
}

/// A code to sign in with, in Chinese, valid for five minutes.
pub(crate) fn message(to: &str, code: &str) -> Message {
    Message {
        id: Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef),
        to: to.parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: code.parse().unwrap(),
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ZhHans,
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: hyper::HeaderMap::new(), body: Bytes::from(body.to_owned()) }
}

pub(crate) fn answer_with(status: u16, name: &'static str, value: &str, body: &str) -> Answer {
    let mut answer = answer(status, body);
    answer.headers.insert(name, value.parse().unwrap());
    answer
}

pub(crate) fn rejection(outcome: Outcome) -> Rejection {
    match outcome {
        Outcome::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

/// Asserts that each code in a row, separated by spaces, has the row's scope.
pub(crate) fn assert_scopes(documented: &[(Scope, &str)], outcome: impl Fn(&str) -> Outcome) {
    for (scope, codes) in documented {
        for code in codes.split(' ') {
            assert_eq!(rejection(outcome(code)).scope, *scope, "{code}");
        }
    }
}

/// Asserts that each code in a row, separated by spaces, has the row's class.
pub(crate) fn assert_classes(documented: &[(Class, &str)], outcome: impl Fn(&str) -> Outcome) {
    for (class, codes) in documented {
        for code in codes.split(' ') {
            let rejection = rejection(outcome(code));
            assert_eq!((rejection.class, rejection.code.as_str()), (*class, code));
        }
    }
}
