//! Text messages: the gateways of the settings, and what is wrong with them.

mod gateways;
mod lint;

pub(crate) use gateways::{Gateway, Gateways, GatewaysError};
pub(crate) use lint::{SmsLint, UncoveredMessage};
