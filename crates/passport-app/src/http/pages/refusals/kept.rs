use passport_pages::Refusal;

/// Whether a form that was refused for this reason did something that a repeat must not do again, such as
/// using up a try of a code. Repeats get such a refusal again; otherwise they are decided anew.
pub(in crate::http::pages) fn did_something(refusal: &Refusal) -> bool {
    match refusal {
        // A try, a code or a picture was used up, or a message was perhaps sent.
        Refusal::RecipientRefused
        | Refusal::RecipientThrottled(_)
        | Refusal::PictureWrong
        | Refusal::NotSent
        | Refusal::CodeWrong { .. }
        | Refusal::CodeGone
        | Refusal::CredentialsWrong
        | Refusal::Disabled
        | Refusal::NumberTaken
        | Refusal::NoAccount
        | Refusal::KeptBack
        | Refusal::NothingToUndo
        | Refusal::PasswordWrong
        | Refusal::FormerPasswordWrong
        | Refusal::Conflict => true,
        Refusal::MobileMissing
        | Refusal::MobileInvalid
        | Refusal::CountryNotServed
        | Refusal::PictureMissing
        | Refusal::PictureCharacter(_)
        | Refusal::PictureLength(_)
        | Refusal::PictureGone
        | Refusal::CodeSent(_)
        | Refusal::NumberLimit(_)
        | Refusal::SendLimit(_)
        | Refusal::CodeMissing
        | Refusal::CodeForm(_)
        | Refusal::PasswordMissing
        | Refusal::PasswordRequired
        | Refusal::FormerPasswordMissing
        | Refusal::NameEmpty
        | Refusal::NameLong
        | Refusal::NameInvisible
        | Refusal::NameNumber
        | Refusal::NumberPresent
        | Refusal::NoNumber
        | Refusal::DeviceGone
        | Refusal::TooManyChanges
        | Refusal::ConfirmationsStopped
        | Refusal::PasswordShort { .. }
        | Refusal::PasswordLong { .. }
        | Refusal::PasswordCommon
        | Refusal::PasswordIsNumber
        | Refusal::Wait(_)
        | Refusal::Limit(_)
        | Refusal::Busy
        | Refusal::Unavailable
        | Refusal::Server
        | Refusal::Stale
        | Refusal::CrossSite
        | Refusal::Origin { .. }
        | Refusal::Cookies
        | Refusal::Stopped
        | Refusal::SignUpClosed
        | Refusal::ConsentMissing
        | Refusal::FormTooLarge
        | Refusal::FormMediaType
        | Refusal::FormTimedOut
        | Refusal::FormMalformed => false,
    }
}
