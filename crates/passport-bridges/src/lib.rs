#![cfg_attr(feature = "default", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "default"),
    doc = "Codes and notices of `passport-auth` over `passport-sms-client`, its challenges by `passport-captcha`."
)]

#[cfg(feature = "captcha")]
mod captcha_renderer;
#[cfg(feature = "sms")]
mod notices;
#[cfg(feature = "sms")]
mod outcome;
#[cfg(feature = "sms")]
mod sms_sender;
#[cfg(feature = "captcha")]
mod style_rotation;
#[cfg(feature = "sms")]
mod topics;

#[cfg(feature = "captcha")]
pub use captcha_renderer::{CaptchaRenderer, Styles};
#[cfg(feature = "sms")]
pub use outcome::outcome_name;
#[cfg(feature = "sms")]
pub use sms_sender::SmsSender;
#[cfg(feature = "captcha")]
pub use style_rotation::StyleRotation;
#[cfg(feature = "sms")]
pub use topics::{TOPICS, is_required};
