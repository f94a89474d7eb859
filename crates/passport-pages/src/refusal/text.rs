use std::time::Duration;

use super::Refusal;
use crate::{Language, texts::fill, wait};

impl Refusal {
    /// The sentence that the page shows.
    pub fn text(&self, language: Language) -> String {
        let texts = &language.texts().refusal;
        let waiting = |text: &str, duration: &Duration| {
            fill(text, &[("wait", &wait::at_most(*duration, language))])
        };
        let counted =
            |text: &str, name: &str, number: usize| fill(text, &[(name, &number.to_string())]);
        let text = match self {
            Self::RecipientThrottled(wait) => return waiting(&texts.recipient_throttled, wait),
            Self::CodeSent(wait) => return waiting(&texts.code_sent, wait),
            Self::NumberLimit(wait) => return waiting(&texts.number_limit, wait),
            Self::SendLimit(wait) => return waiting(&texts.send_limit, wait),
            Self::Wait(wait) => return waiting(&texts.wait, wait),
            Self::Limit(wait) => return waiting(&texts.limit, wait),
            Self::PictureCharacter(character) => {
                return fill(&texts.picture_character, &[("character", &character.to_string())]);
            }
            Self::PictureLength(length) => {
                return counted(&texts.picture_length, "length", *length);
            }
            Self::CodeForm(length) => return counted(&texts.code_form, "length", *length),
            Self::PasswordShort { min } => return counted(&texts.password_short, "min", *min),
            Self::PasswordLong { max } => return counted(&texts.password_long, "max", *max),
            Self::CodeWrong { tries_left } if *tries_left > 1 => {
                return fill(&texts.code_wrong, &[("tries", &tries_left.to_string())]);
            }
            Self::Origin { expected } => return fill(&texts.origin, &[("expected", expected)]),
            Self::MobileMissing => &texts.mobile_missing,
            Self::MobileInvalid => &texts.mobile_invalid,
            Self::CountryNotServed => &texts.country_not_served,
            Self::RecipientRefused => &texts.recipient_refused,
            Self::PictureMissing => &texts.picture_missing,
            Self::PictureWrong => &texts.picture_wrong,
            Self::PictureGone => &texts.picture_gone,
            Self::NotSent => &texts.not_sent,
            Self::CodeMissing => &texts.code_missing,
            Self::CodeWrong { .. } => &texts.code_wrong_last,
            Self::CodeGone => &texts.code_gone,
            Self::PasswordMissing | Self::FormerPasswordMissing => &texts.password_missing,
            Self::PasswordWrong | Self::FormerPasswordWrong => &texts.password_wrong,
            Self::PasswordRequired => &texts.password_required,
            Self::NameEmpty => &texts.name_empty,
            Self::NameLong => &texts.name_long,
            Self::NameInvisible => &texts.name_invisible,
            Self::NameNumber => &texts.name_number,
            Self::DeviceGone => &texts.device_gone,
            Self::NumberPresent => &texts.number_present,
            Self::NoNumber => &texts.no_number,
            Self::TooManyChanges => &texts.too_many_changes,
            Self::ConfirmationsStopped => &texts.confirmations_stopped,
            Self::PasswordCommon => &texts.password_common,
            Self::PasswordIsNumber => &texts.password_is_number,
            Self::CredentialsWrong => &texts.credentials_wrong,
            Self::Busy => &texts.busy,
            Self::Unavailable => &texts.unavailable,
            Self::Server => &texts.server,
            Self::Stale => &texts.stale,
            Self::CrossSite => &texts.cross_site,
            Self::Cookies => &texts.cookies,
            Self::Disabled => &texts.disabled,
            Self::Stopped => &texts.stopped,
            Self::SignUpClosed => &texts.sign_up_closed,
            Self::NumberTaken => &texts.number_taken,
            Self::ConsentMissing => &texts.consent_missing,
            Self::NoAccount => &texts.no_account,
            Self::KeptBack => &texts.kept_back,
            Self::NothingToUndo => &texts.nothing_to_undo,
            Self::Conflict => &texts.conflict,
            Self::FormTooLarge => &texts.form_too_large,
            Self::FormMediaType | Self::FormMalformed => &texts.form_malformed,
            Self::FormTimedOut => &texts.form_timed_out,
        };
        text.clone()
    }
}
