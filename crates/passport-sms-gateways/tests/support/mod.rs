//! A double of each gateway: it speaks TLS, checks every request to the letter, and fails as told.
//! The expected form of a request is written here independently of the code under test.
//!
//! Another test binary includes it by `#[path = "../support/mod.rs"] mod support;` at its root,
//! with `#[expect(dead_code, reason = "…")]` if it uses only a part of it. Clocks have to stand at
//! [`NOW`], because timestamps are compared to the second.

pub(crate) mod double;
pub(crate) mod identity;
pub(crate) mod protocol;
pub(crate) mod protocols;
pub(crate) mod signing;
pub(crate) mod wire;

use std::time::Duration;

use passport_sms_client::{Clock, Intent, Locale, Message, Purpose};
use passport_sms_gateways::Site;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

/// The time of every test: 17:43:30 in China.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
pub(crate) const CODE: &str = "004217";
pub(crate) const NUMBER: &str = "+8613800138000";
/// Text of [`message`] for gateways that take free texts.
pub(crate) const TEXT: &str =
    "您正在注册账号，验证码 004217，5 分钟内有效。请勿告诉任何人。\n\n@id.example.com #004217";

/// Where gateways push receipts to.
pub(crate) const CALLBACK: &str = "https://id.example.com/sms/receipts/name/s3cret-path";

/// The service that sends the messages.
pub(crate) fn site() -> Site {
    Site::new(Clock::new(|| NOW))
        .with_origin("id.example.com".parse().unwrap())
        .with_receipts_url(CALLBACK)
        .unwrap()
}

/// A message with an id of its own.
pub(crate) fn message() -> Message {
    Message {
        id: Uuid::new_v4(),
        to: NUMBER.parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Register,
            code: CODE.parse().unwrap(),
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ZhHans,
    }
}
