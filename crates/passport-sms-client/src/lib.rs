#![cfg_attr(feature = "default", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "default"),
    doc = "Sends a short message through a gateway, and says truthfully what became of it."
)]
// What gateways share is not used by each of them; with all of them, all of it is.
#![cfg_attr(
    not(all(
        feature = "aliyun",
        feature = "huawei",
        feature = "sns",
        feature = "tencent",
        feature = "twilio",
        feature = "vonage",
        feature = "webhook",
        feature = "yuntongxun"
    )),
    allow(dead_code, unused_imports)
)]

#[cfg(feature = "aliyun")]
pub mod aliyun;
#[cfg(feature = "_https")]
mod carriers;
mod client;
mod clock;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "router")]
mod conversion;
#[cfg(feature = "_https")]
mod cst;
#[cfg(feature = "_https")]
mod digest;
#[cfg(feature = "dispatch")]
mod dispatch;
#[cfg(feature = "_https")]
mod encoding;
#[cfg(all(test, feature = "_https"))]
mod fixtures;
#[cfg(feature = "huawei")]
pub mod huawei;
#[cfg(feature = "_https")]
mod mac;
mod message;
#[cfg(feature = "outbox")]
mod outbox;
mod outcome;
#[cfg(any(feature = "_https", feature = "dispatch"))]
mod receipts;
#[cfg(feature = "testing")]
mod recorder;
#[cfg(feature = "router")]
mod router;
mod settings;
#[cfg(feature = "sns")]
pub mod sns;
mod template;
#[cfg(feature = "tencent")]
pub mod tencent;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "_https")]
mod transport;
#[cfg(feature = "twilio")]
pub mod twilio;
#[cfg(feature = "_https")]
mod utc;
#[cfg(feature = "_https")]
mod verdict;
#[cfg(feature = "vonage")]
pub mod vonage;
#[cfg(feature = "webhook")]
pub mod webhook;
#[cfg(feature = "yuntongxun")]
pub mod yuntongxun;

#[cfg(feature = "aliyun")]
pub use crate::aliyun::Aliyun;
pub use crate::client::{
    Capabilities, ContentKind, Delivery, Finding, Gap, IdempotencyWindow, MessageKind, Receipt,
    Receipts, Resend, SmsClient,
};
pub use crate::clock::Clock;
#[cfg(feature = "console")]
pub use crate::console::{Console, Inbox, InboxMessage};
#[cfg(feature = "router")]
pub use crate::conversion::{Conversion, Rate};
#[cfg(feature = "dispatch")]
pub use crate::dispatch::{Dispatch, FollowUpPolicy, SealingKey, UnsealError};
#[cfg(feature = "huawei")]
pub use crate::huawei::Huawei;
pub use crate::message::{
    Intent, Locale, Message, Notice, OneTimeCode, OriginHost, ParseCodeError, ParseOriginHostError,
    ParsePrefixError, ParseRecipientError, Prefix, Purpose, Recipient, Topic,
};
#[cfg(feature = "outbox")]
pub use crate::outbox::{
    Attempt, AttemptStatus, Claimed, Entry, Figure, Idle, Lease, LeaseCheck, Opened, Outbox,
    OutboxError, RECEIPT_WINDOW, ReceiptEffect, SealedMessage, Untried,
};
pub use crate::outcome::{Cause, Class, Outcome, Rejection, SharedError};
#[cfg(any(feature = "_https", feature = "dispatch"))]
pub use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
#[cfg(feature = "testing")]
pub use crate::recorder::Recorder;
#[cfg(feature = "router")]
pub use crate::router::{BreakerPolicy, InDoubt, Report, Route, Router, RouterPolicy, Visit};
pub use crate::settings::{HttpsSettings, SettingsError};
#[cfg(feature = "sns")]
pub use crate::sns::Sns;
pub use crate::template::{Parameter, Template, Templates};
#[cfg(feature = "tencent")]
pub use crate::tencent::Tencent;
#[cfg(feature = "twilio")]
pub use crate::twilio::Twilio;
#[cfg(feature = "vonage")]
pub use crate::vonage::Vonage;
#[cfg(feature = "webhook")]
pub use crate::webhook::Webhook;
#[cfg(feature = "yuntongxun")]
pub use crate::yuntongxun::Yuntongxun;
