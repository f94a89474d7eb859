#![cfg_attr(feature = "default", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "default"),
    doc = "Sends a text message once, through one of several gateways, and reports truthfully whether it was sent."
)]

mod bill;
mod client;
mod clock;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "router")]
mod conversion;
#[cfg(feature = "dispatch")]
mod dispatch;
#[cfg(feature = "limit")]
mod limit;
mod message;
#[cfg(feature = "outbox")]
mod outbox;
mod outcome;
mod receipts;
#[cfg(feature = "testing")]
mod recorder;
#[cfg(feature = "router")]
mod router;
#[cfg(feature = "sender")]
mod sender;
mod settings;
mod template;
#[cfg(feature = "testing")]
pub mod testing;

pub use crate::bill::{Bill, Currency, ParseCurrencyError, Price};
pub use crate::client::{
    Capabilities, ContentKind, Delivery, Finding, Gap, Gateway, IdempotencyWindow, MessageKind,
    Receipt, Receipts, Resend, SmsClient,
};
pub use crate::clock::Clock;
#[cfg(feature = "console")]
pub use crate::console::{Console, Inbox, InboxMessage};
#[cfg(feature = "router")]
pub use crate::conversion::{Conversion, Rate};
#[cfg(feature = "dispatch")]
pub use crate::dispatch::{Dispatch, DispatchObserver, FollowUpPolicy, SealingKey, UnsealError};
#[cfg(feature = "limit")]
pub use crate::limit::{call_limit, with_call_limit};
pub use crate::message::{
    ComposeError, Custom, CustomTopic, Intent, Locale, Message, Notice, OneTimeCode, OriginHost,
    ParseCodeError, ParseOriginHostError, ParsePrefixError, ParseRecipientError, Prefix, Purpose,
    Recipient, Topic,
};
#[cfg(feature = "outbox")]
pub use crate::outbox::{
    Attempt, AttemptStatus, Billed, Claimed, Cost, Costs, End, Entry, Figure, Idle, Lease,
    LeaseCheck, Opened, Outbox, OutboxError, RECEIPT_WINDOW, ReceiptEffect, SealedMessage, Untried,
    Way, Which,
};
pub use crate::outcome::{Cause, Class, Outcome, Rejection, Scope, SharedError};
pub use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
#[cfg(feature = "testing")]
pub use crate::recorder::Recorder;
#[cfg(feature = "router")]
pub use crate::router::{BreakerPolicy, InDoubt, Report, Route, Router, RouterPolicy, Visit};
#[cfg(feature = "sender")]
pub use crate::sender::{Sender, SenderBuilder};
pub use crate::settings::SettingsError;
pub use crate::template::{Parameter, Template, Templates};
