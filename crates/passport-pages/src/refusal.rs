use std::time::Duration;

use crate::{
    Language,
    texts::{RefusalTexts, fill},
    wait,
};

/// Why a form was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No number.
    MobileMissing,
    /// Not a mobile number.
    MobileInvalid,
    /// Messages are not sent to this country.
    CountryNotServed,
    /// No message reaches the number.
    RecipientRefused,
    /// The provider sends no more messages to the number.
    RecipientThrottled(Duration),
    /// No answer to the picture.
    PictureMissing,
    /// The answer has a character that no picture has. The picture can still be answered.
    PictureCharacter(char),
    /// The answer has not as many characters as the picture. The picture can still be answered.
    PictureLength(usize),
    /// The answer was wrong.
    PictureWrong,
    /// The picture has expired or was answered.
    PictureGone,
    /// Too many codes.
    SendLimit(Duration),
    /// No provider took the message.
    NotSent,
    /// No code.
    CodeMissing,
    /// The code has not the form of one.
    CodeForm(usize),
    /// The code is wrong and can be tried again.
    CodeWrong {
        /// Further tries.
        tries_left: u32,
    },
    /// The code has expired, was used, or had too many tries.
    CodeGone,
    /// No password.
    PasswordMissing,
    /// No password, beside a new one.
    FormerPasswordMissing,
    /// The password of the account is another one.
    PasswordWrong,
    /// The same, beside a new one.
    FormerPasswordWrong,
    /// The account needs a password.
    PasswordRequired,
    /// The new password has too few characters.
    PasswordShort {
        /// Fewest characters.
        min: usize,
    },
    /// The new password has too many characters.
    PasswordLong {
        /// Most characters.
        max: usize,
    },
    /// The new password is one of those that are tried first.
    PasswordCommon,
    /// The new password is the number.
    PasswordIsNumber,
    /// The name has no visible character.
    NameEmpty,
    /// The name is too long.
    NameLong,
    /// The name has characters that are not seen.
    NameInvisible,
    /// The name is a number.
    NameNumber,
    /// The device is not signed in.
    DeviceGone,
    /// The account has no number.
    NoNumber,
    /// The number was changed too often.
    TooManyChanges,
    /// The account was changed meanwhile.
    Conflict,
    /// Too many wrong passwords in this session.
    ConfirmationsStopped,
    /// Number or password is wrong.
    CredentialsWrong,
    /// A wait after wrong tries in a row.
    Wait(Duration),
    /// A limit is reached.
    Limit(Duration),
    /// Too much work is queued.
    Busy,
    /// A store does not answer.
    Unavailable,
    /// A fault of the service.
    Server,
    /// The page was rendered for another session, or long ago.
    Stale,
    /// The form came from another site.
    CrossSite,
    /// The page was opened at another origin than the service expects.
    Origin {
        /// Origin that the service expects.
        expected: String,
    },
    /// The browser sends no cookies.
    Cookies,
    /// The account is disabled.
    Disabled,
    /// Too many wrong tries: another way is needed.
    Stopped,
    /// New accounts are not accepted.
    SignUpClosed,
    /// The number has an account.
    NumberTaken,
    /// The consent was not given.
    ConsentMissing,
}

/// Where a refusal stands in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Field of the number.
    Mobile,
    /// Field of the picture.
    Picture,
    /// Field of the code.
    Code,
    /// Field of the password, or of the new one.
    Password,
    /// Field of the present password, beside a new one.
    FormerPassword,
    /// Field of the name.
    Name,
    /// Box of the consent.
    Consent,
    /// Above the button.
    Form,
}

impl Refusal {
    /// Where the refusal stands. If the form has no such field, it stands above the button.
    pub fn place(&self) -> Place {
        match self {
            Self::MobileMissing
            | Self::MobileInvalid
            | Self::CountryNotServed
            | Self::RecipientRefused
            | Self::RecipientThrottled(_)
            | Self::NumberTaken => Place::Mobile,
            Self::PictureMissing
            | Self::PictureCharacter(_)
            | Self::PictureLength(_)
            | Self::PictureWrong
            | Self::PictureGone => Place::Picture,
            Self::CodeMissing | Self::CodeForm(_) | Self::CodeWrong { .. } | Self::CodeGone => {
                Place::Code
            }
            Self::PasswordMissing
            | Self::PasswordWrong
            | Self::PasswordShort { .. }
            | Self::PasswordLong { .. }
            | Self::PasswordCommon
            | Self::PasswordIsNumber
            | Self::CredentialsWrong => Place::Password,
            Self::FormerPasswordMissing | Self::FormerPasswordWrong => Place::FormerPassword,
            Self::NameEmpty | Self::NameLong | Self::NameInvisible | Self::NameNumber => {
                Place::Name
            }
            Self::ConsentMissing => Place::Consent,
            Self::SendLimit(_)
            | Self::NotSent
            | Self::Wait(_)
            | Self::Limit(_)
            | Self::Busy
            | Self::Unavailable
            | Self::Server
            | Self::Stale
            | Self::CrossSite
            | Self::Origin { .. }
            | Self::Cookies
            | Self::Disabled
            | Self::Stopped
            | Self::PasswordRequired
            | Self::DeviceGone
            | Self::NoNumber
            | Self::TooManyChanges
            | Self::Conflict
            | Self::ConfirmationsStopped
            | Self::SignUpClosed => Place::Form,
        }
    }

    /// The sentence that the page shows.
    pub fn text(&self, language: Language) -> String {
        let texts = &language.texts().refusal;
        let waiting = |text: &str, duration: &Duration| {
            fill(text, &[("wait", &wait::at_most(*duration, language))])
        };
        match self {
            Self::RecipientThrottled(duration) => waiting(&texts.recipient_throttled, duration),
            Self::SendLimit(duration) => waiting(&texts.send_limit, duration),
            Self::Wait(duration) => waiting(&texts.wait, duration),
            Self::Limit(duration) => waiting(&texts.limit, duration),
            Self::PictureCharacter(character) => {
                fill(&texts.picture_character, &[("character", &character.to_string())])
            }
            Self::PictureLength(length) => {
                fill(&texts.picture_length, &[("length", &length.to_string())])
            }
            Self::CodeForm(length) => fill(&texts.code_form, &[("length", &length.to_string())]),
            Self::CodeWrong { tries_left } if *tries_left > 1 => {
                fill(&texts.code_wrong, &[("tries", &tries_left.to_string())])
            }
            Self::PasswordShort { min } => {
                fill(&texts.password_short, &[("min", &min.to_string())])
            }
            Self::PasswordLong { max } => fill(&texts.password_long, &[("max", &max.to_string())]),
            Self::Origin { expected } => fill(&texts.origin, &[("expected", expected)]),
            _ => self.fixed(texts).to_owned(),
        }
    }

    fn fixed<'t>(&self, texts: &'t RefusalTexts) -> &'t str {
        match self {
            Self::MobileMissing => &texts.mobile_missing,
            Self::MobileInvalid => &texts.mobile_invalid,
            Self::CountryNotServed => &texts.country_not_served,
            Self::RecipientRefused => &texts.recipient_refused,
            Self::RecipientThrottled(_) => &texts.recipient_throttled,
            Self::PictureMissing => &texts.picture_missing,
            Self::PictureCharacter(_) => &texts.picture_character,
            Self::PictureLength(_) => &texts.picture_length,
            Self::PictureWrong => &texts.picture_wrong,
            Self::PictureGone => &texts.picture_gone,
            Self::SendLimit(_) => &texts.send_limit,
            Self::NotSent => &texts.not_sent,
            Self::CodeMissing => &texts.code_missing,
            Self::CodeForm(_) => &texts.code_form,
            Self::CodeWrong { .. } => &texts.code_wrong_last,
            Self::CodeGone => &texts.code_gone,
            Self::PasswordMissing | Self::FormerPasswordMissing => &texts.password_missing,
            Self::PasswordWrong | Self::FormerPasswordWrong => &texts.password_wrong,
            Self::PasswordRequired => &texts.password_required,
            Self::PasswordShort { .. } => &texts.password_short,
            Self::PasswordLong { .. } => &texts.password_long,
            Self::PasswordCommon => &texts.password_common,
            Self::PasswordIsNumber => &texts.password_is_number,
            Self::NameEmpty => &texts.name_empty,
            Self::NameLong => &texts.name_long,
            Self::NameInvisible => &texts.name_invisible,
            Self::NameNumber => &texts.name_number,
            Self::DeviceGone => &texts.device_gone,
            Self::NoNumber => &texts.no_number,
            Self::TooManyChanges => &texts.too_many_changes,
            Self::Conflict => &texts.conflict,
            Self::ConfirmationsStopped => &texts.confirmations_stopped,
            Self::CredentialsWrong => &texts.credentials_wrong,
            Self::Wait(_) => &texts.wait,
            Self::Limit(_) => &texts.limit,
            Self::Busy => &texts.busy,
            Self::Unavailable => &texts.unavailable,
            Self::Server => &texts.server,
            Self::Stale => &texts.stale,
            Self::CrossSite => &texts.cross_site,
            Self::Origin { .. } => &texts.origin,
            Self::Cookies => &texts.cookies,
            Self::Disabled => &texts.disabled,
            Self::Stopped => &texts.stopped,
            Self::SignUpClosed => &texts.sign_up_closed,
            Self::NumberTaken => &texts.number_taken,
            Self::ConsentMissing => &texts.consent_missing,
        }
    }
}
