//! What joins the use cases with the crates that know nothing of them.

mod named_gateway;
mod sms;

pub(crate) use named_gateway::NamedGateway;
pub(crate) use sms::{SmsSender, TOPICS, outcome_name};
