use std::sync::Arc;

use passport_auth::ChallengeRenderer;
use passport_bridges::{CaptchaRenderer, StyleRotation, Styles};

use crate::settings::{CaptchaStyle, Secrets, Settings};

/// The renderer with the styles of this deployment.
pub(super) fn renderer(settings: &Settings, secrets: &Secrets) -> Arc<dyn ChallengeRenderer> {
    let captcha = &settings.captcha;
    let styles = match captcha.style {
        CaptchaStyle::Calm => Styles::Calm,
        CaptchaStyle::Patterned => {
            Styles::Patterned(StyleRotation::new(secrets.style_key(), captcha.style_rotation))
        }
    };
    Arc::new(CaptchaRenderer::new(captcha.length, styles))
}
