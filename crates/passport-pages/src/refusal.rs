mod text;

use std::time::Duration;

use crate::Language;

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
    /// A code was sent to the number a moment ago.
    CodeSent(Duration),
    /// Too many codes for the number.
    NumberLimit(Duration),
    /// Too many codes for the client.
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
    /// The new password is too short.
    PasswordShort {
        /// Fewest characters.
        min: usize,
    },
    /// The new password is too long.
    PasswordLong {
        /// Most characters.
        max: usize,
    },
    /// The new password is on a list of common ones.
    PasswordCommon,
    /// The new password is the number of the account.
    PasswordIsNumber,
    /// No password, beside a new one.
    FormerPasswordMissing,
    /// The password of the account is another one.
    PasswordWrong,
    /// The same, beside a new one.
    FormerPasswordWrong,
    /// The account needs a password.
    PasswordRequired,
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
    /// The number is that of the account.
    NumberPresent,
    /// The account has no number.
    NoNumber,
    /// The number was changed too often.
    TooManyChanges,
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
    /// The number has no account.
    NoAccount,
    /// The number has no account, and is kept back for the one that has changed from it.
    KeptBack,
    /// There is no change of number to undo.
    NothingToUndo,
    /// The account was changed meanwhile.
    Conflict,
    /// The form is larger than any of the service.
    FormTooLarge,
    /// What was sent is not a form.
    FormMediaType,
    /// The form did not arrive in time.
    FormTimedOut,
    /// The form is not complete, or is not one that a browser sends.
    FormMalformed,
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
    /// Field of the password.
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
            | Self::CodeSent(_)
            | Self::NumberLimit(_)
            | Self::NumberPresent
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
            | Self::SignUpClosed
            | Self::NoAccount
            | Self::KeptBack
            | Self::NothingToUndo
            | Self::Conflict
            | Self::PasswordRequired
            | Self::DeviceGone
            | Self::NoNumber
            | Self::TooManyChanges
            | Self::ConfirmationsStopped
            | Self::FormTooLarge
            | Self::FormMediaType
            | Self::FormTimedOut
            | Self::FormMalformed => Place::Form,
        }
    }

    /// The time after which it can be tried again, where that is known.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::RecipientThrottled(wait)
            | Self::CodeSent(wait)
            | Self::NumberLimit(wait)
            | Self::SendLimit(wait)
            | Self::Wait(wait)
            | Self::Limit(wait) => Some(*wait),
            _ => None,
        }
    }

    /// The page that helps, and the words of the link to it.
    pub(crate) fn link(&self, language: Language) -> Option<(&'static str, &'static str)> {
        let texts = &language.texts().link;
        match self {
            Self::NoAccount => Some(("/sign-up", &texts.sign_up)),
            Self::KeptBack => Some(("/undo-number", &texts.undo_number)),
            Self::NumberTaken => Some(("/sign-in", &texts.sign_in)),
            _ => None,
        }
    }
}
