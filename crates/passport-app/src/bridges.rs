//! What joins the use cases with the crates that know nothing of them.

mod captcha;
mod named_gateway;
mod sms;

pub(crate) use captcha::{CaptchaRenderer, Looks};
pub(crate) use named_gateway::NamedGateway;
pub(crate) use sms::{SmsSender, TOPICS, outcome_name};
