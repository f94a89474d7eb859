//! Challenges drawn and spoken by `passport-captcha`.

mod renderer;
mod style_rotation;

pub(crate) use renderer::{CaptchaRenderer, Styles};
pub(crate) use style_rotation::StyleRotation;
