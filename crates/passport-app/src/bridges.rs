//! What joins the use cases with the crates that know nothing of them.

mod captcha;
mod sms;

pub(crate) use captcha::CaptchaRenderer;
pub(crate) use sms::SmsSender;
