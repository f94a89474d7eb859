//! Text messages: the gateways of the settings, what is wrong with them, and the sender of codes and
//! notices.

mod gateways;
mod lint;
mod notices;
mod outcome;
mod sender;
mod topics;

pub(crate) use gateways::{Gateway, Gateways, GatewaysError};
pub(crate) use lint::{SmsLint, UncoveredMessage};
pub(crate) use outcome::outcome_name;
pub(crate) use sender::SmsSender;
pub(crate) use topics::TOPICS;
