use std::time::Duration;

use passport_captcha::{Pattern, Style};

use super::{Environment, reader::Reader};

/// Image challenges.
#[derive(Debug, Clone)]
pub struct CaptchaSettings {
    /// `captcha.length`
    pub length: usize,
    /// `captcha.style`
    pub style: CaptchaStyle,
    /// `captcha.style_rotation`
    pub style_rotation: Duration,
    /// `captcha.ttl`
    pub ttl: Duration,
    /// `captcha.test_answer`
    pub test_answer: Option<String>,
}

/// Look of the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaStyle {
    /// One line of plain letters.
    Calm,
    /// Rows of letters below a pattern.
    Patterned,
}

impl CaptchaStyle {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "calm" => Some(Self::Calm),
            "patterned" => Some(Self::Patterned),
            _ => None,
        }
    }
}

impl CaptchaSettings {
    /// Width and height at which a page shows the pictures, in CSS pixels. The files have twice as many
    /// pixels in each direction.
    #[must_use]
    pub fn picture_size(&self) -> (u32, u32) {
        match self.style {
            CaptchaStyle::Calm => Style::calm().size(self.length),
            CaptchaStyle::Patterned => Style::new(Pattern::Bands).size(self.length),
        }
    }

    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let settings = Self {
            length: reader.number("captcha.length", "5", 4..=8),
            style: reader.read("captcha.style", "calm", "calm or patterned", CaptchaStyle::parse),
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
