use maud::{Markup, html};

use crate::{Language, Page};

/// Outcome of a step, told on the page after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The visitor has signed out.
    SignedOut,
    /// The number that was to get an account has one.
    NumberTaken,
    /// The password was replaced.
    PasswordReset,
    /// The number belongs to its account again, which has no password.
    NumberRestored,
    /// It took too long to withdraw the deletion of the account.
    RestoreExpired,
    /// The page before has expired.
    Expired,
}

impl Notice {
    /// The sentence that the page shows.
    pub fn text(self, language: Language) -> &'static str {
        let texts = &language.texts().notice;
        match self {
            Self::SignedOut => &texts.signed_out,
            Self::NumberTaken => &texts.number_taken,
            Self::PasswordReset => &texts.password_reset,
            Self::NumberRestored => &texts.number_restored,
            Self::RestoreExpired => &texts.restore_expired,
            Self::Expired => &texts.expired,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::SignedOut | Self::PasswordReset | Self::NumberRestored => "note note-good",
            Self::NumberTaken | Self::RestoreExpired | Self::Expired => "note",
        }
    }
}

impl Page<'_> {
    /// The notice above the content of the page.
    pub(crate) fn told(&self) -> Markup {
        html! {
            @if let Some(notice) = self.notice {
                p class=(notice.class()) role="status" { (notice.text(self.language)) }
            }
        }
    }
}
