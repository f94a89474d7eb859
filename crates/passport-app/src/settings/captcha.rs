use std::time::Duration;

use passport_captcha::Level;

use super::{Environment, reader::Reader};

const ALLOWED_LEVELS: &str = "a whole number from 0 to 3";

/// Image challenges.
#[derive(Debug, Clone)]
pub struct CaptchaSettings {
    /// `captcha.length`
    pub length: usize,
    /// `captcha.level`
    pub level: Level,
    /// `captcha.raise`
    pub raise: bool,
    /// `captcha.style_rotation`
    pub style_rotation: Duration,
    /// `captcha.ttl`
    pub ttl: Duration,
    /// `captcha.test_answer`
    pub test_answer: Option<String>,
}

impl CaptchaSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let settings = Self {
            length: reader.number("captcha.length", "5", 4..=8),
            level: reader.read("captcha.level", "1", ALLOWED_LEVELS, |text| text.parse().ok()),
            raise: reader.flag("captcha.raise", true),
            style_rotation: reader.duration("captcha.style_rotation", "1h", "10m"..="365d"),
            ttl: reader.duration("captcha.ttl", "300s", "60s"..="600s"),
            test_answer: reader.optional("captcha.test_answer"),
        };
        if environment.is_production() && settings.test_answer.is_some() {
            reader.fault("captcha.test_answer must not be set in production");
        }
        settings
    }
}
