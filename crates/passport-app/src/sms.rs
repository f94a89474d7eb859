//! Text messages: the gateways of the settings, what is wrong with them, and the sender of codes.

mod gateways;
mod lint;
mod sender;

pub(crate) use gateways::{Gateway, Gateways, GatewaysError};
pub(crate) use lint::SmsLint;
pub(crate) use sender::{SmsSender, TOPICS, outcome_name};
