//! What joins the use cases with the crates that know nothing of them.

mod captcha;

pub(crate) use captcha::{CaptchaRenderer, Looks};
