use std::sync::Arc;

use passport_auth::Clock;
use passport_pages::{Assets, Brand, Country, Language, NumberInput};

use super::files;
use crate::settings::{Settings, SignUpPolicy};

/// What all pages of this deployment share.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(super) brand: Brand,
    pub(super) assets: Assets,
    /// Address of the inbox, in development.
    pub(super) inbox: Option<String>,
    /// Whether new accounts are accepted.
    pub(super) sign_up_is_open: bool,
    /// Number of characters of a picture.
    pub(super) picture_length: usize,
    /// Whether pictures accept an answer that no picture has, for tests.
    pub(super) takes_test_answer: bool,
    pub(super) clock: Arc<dyn Clock>,
}

impl Site {
    pub(crate) fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        Self {
            brand: Brand::default(),
            assets: files::assets(),
            inbox: settings.has_inbox().then(|| "/dev/inbox".to_owned()),
            sign_up_is_open: settings.account.sign_up == SignUpPolicy::Open,
            picture_length: settings.captcha.length,
            takes_test_answer: settings.captcha.test_answer.is_some(),
            clock,
        }
    }

    /// The field of a number that was `typed`.
    pub(super) fn number(&self, _language: Language, typed: &str, country: &str) -> NumberInput {
        NumberInput {
            typed: typed.to_owned(),
            countries: vec![Country {
                code: "CN".to_owned(),
                name: "China".to_owned(),
                calling_code: "86".to_owned(),
                example: "131 2345 6789".to_owned(),
            }],
            chosen: country.to_owned(),
        }
    }
}
