use std::{sync::Arc, time::Duration};

use passport_auth::Clock;
use passport_pages::{Assets, Brand, Country, Language, NumberInput, PasswordRules};
use passport_user::{self as user, CountryCode, ParsePhoneNumberError, PhoneNumber};

use super::{
    apps::ShownApps,
    brand_files::{self, BrandFiles},
    files,
};
use crate::settings::{Legal, Settings, SignUpPolicy};

/// What all pages of this deployment share.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(super) brand: Brand,
    /// Files that the brand refers to.
    pub(super) brand_files: BrandFiles,
    pub(super) apps: ShownApps,
    pub(super) terms: Option<Legal>,
    pub(super) privacy: Option<Legal>,
    /// Countries whose numbers receive messages, the default first.
    countries: Vec<&'static user::Country>,
    pub(super) assets: Assets,
    /// Address of the inbox, in development.
    pub(super) inbox: Option<String>,
    /// Whether new accounts are accepted.
    pub(super) sign_up_is_open: bool,
    /// Number of characters of a picture.
    pub(super) picture_length: usize,
    /// Width and height of a picture, in CSS pixels.
    pub(super) picture_size: (u32, u32),
    /// Whether pictures accept an answer that no picture has, for tests.
    pub(super) takes_test_answer: bool,
    /// Whether an account may have no password.
    pub(super) passwordless: bool,
    pub(super) password_rules: PasswordRules,
    /// Time between the wish to delete an account and its deletion.
    pub(super) deletion_grace: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

impl Site {
    pub(crate) fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        let (brand, mut brand_files) = brand_files::of(&settings.brand);
        let apps = ShownApps::new(&settings.apps, &mut brand_files);
        Self {
            brand,
            brand_files,
            apps,
            terms: settings.brand.terms.clone(),
            privacy: settings.brand.privacy.clone(),
            countries: countries(settings),
            assets: files::assets(),
            inbox: settings.has_inbox().then(|| "/dev/inbox".to_owned()),
            sign_up_is_open: settings.account.sign_up == SignUpPolicy::Open,
            picture_length: settings.captcha.length,
            picture_size: settings.captcha.picture_size(),
            takes_test_answer: settings.captcha.test_answer.is_some(),
            passwordless: settings.account.passwordless,
            deletion_grace: settings.account.deletion_grace,
            password_rules: PasswordRules {
                min: settings.password.policy.min_length(),
                max: settings.password.policy.max_length(),
            },
            clock,
        }
    }

    /// The field of a number that was `typed`, with the countries that receive messages.
    pub(super) fn number(&self, language: Language, typed: &str, country: &str) -> NumberInput {
        let choice = |it: &&'static user::Country| Country {
            code: it.code.to_string(),
            name: name(it, language).to_owned(),
            calling_code: it.calling_code.to_owned(),
            example: it.example.to_owned(),
        };
        NumberInput {
            typed: typed.to_owned(),
            countries: self.countries.iter().map(choice).collect(),
            chosen: country.to_owned(),
        }
    }

    /// The number that was `typed` for the chosen country, or for the first one.
    pub(super) fn read_number(
        &self,
        typed: &str,
        chosen: &str,
    ) -> Result<PhoneNumber, ParsePhoneNumberError> {
        let codes = || self.countries.iter().map(|country| country.code);
        let country = codes().find(|code| code.as_str() == chosen).or_else(|| codes().next());
        PhoneNumber::from_typed(typed, country.unwrap_or(CountryCode::CN))
    }
}

fn countries(settings: &Settings) -> Vec<&'static user::Country> {
    settings.phone.countries.iter().filter_map(|code| user::Country::of(*code)).collect()
}

fn name(country: &user::Country, language: Language) -> &'static str {
    match language {
        Language::En => country.name_en,
        Language::ZhHans => country.name_zh_hans,
        Language::ZhHant => country.name_zh_hant,
    }
}
