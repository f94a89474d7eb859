use maud::{Markup, html};
use time::OffsetDateTime;

use crate::{
    Language, moment,
    phrase::phrase,
    texts::{NoticeTexts, fill},
};

/// Outcome of a step, told on the page after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The visitor has signed out.
    SignedOut,
    /// The page needs a session, and that of the visitor has ended.
    SessionEnded,
    /// The same for a form, which had no effect.
    NothingDone,
    /// The visitor has confirmed to be the owner of the account, and can do now what needed that.
    Confirmed,
    /// The name was changed.
    Renamed,
    /// The account has its first password.
    PasswordSet,
    /// The password was changed.
    PasswordChanged,
    /// The account has no password any more.
    PasswordRemoved,
    /// The number was changed.
    NumberChanged {
        /// Time until which the change can be undone from the former number.
        undo_until: OffsetDateTime,
    },
    /// Another device was signed out.
    DeviceEnded,
    /// All other devices were signed out.
    OthersEnded {
        /// Number of devices.
        count: u64,
    },
    /// The account is to be deleted.
    Leaving {
        /// Time of the deletion.
        purge_at: OffsetDateTime,
    },
    /// The account is being deleted.
    Deleted,
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
    /// The service does not lead to the address from which the visitor was sent.
    ReturnUnknown,
}

impl Notice {
    /// The paragraph at the top of a page.
    pub(crate) fn render(self, language: Language) -> Markup {
        let class = match self {
            Self::SessionEnded | Self::NothingDone | Self::ReturnUnknown | Self::Leaving { .. } => {
                "note note-warning"
            }
            Self::NumberTaken | Self::RestoreExpired | Self::Expired => "note",
            _ => "note note-good",
        };
        html! { p class=(class) role="status" { (self.text(language)) } }
    }

    fn text(self, language: Language) -> Markup {
        let texts = &language.texts().notice;
        match self {
            Self::NumberChanged { undo_until } => {
                let until = moment::minute(undo_until, language);
                phrase(&texts.number_changed, &[("until", &until)])
            }
            Self::Leaving { purge_at } => {
                phrase(&texts.leaving, &[("until", &moment::minute(purge_at, language))])
            }
            Self::OthersEnded { count } if count > 1 => {
                html! { (fill(&texts.others_ended, &[("count", &count.to_string())])) }
            }
            _ => html! { (self.fixed(texts)) },
        }
    }

    fn fixed(self, texts: &NoticeTexts) -> &str {
        match self {
            Self::SignedOut => &texts.signed_out,
            Self::SessionEnded => &texts.session_ended,
            Self::NothingDone => &texts.nothing_done,
            Self::Confirmed => &texts.confirmed,
            Self::Renamed => &texts.renamed,
            Self::PasswordSet => &texts.password_set,
            Self::PasswordChanged => &texts.password_changed,
            Self::PasswordRemoved => &texts.password_removed,
            Self::NumberChanged { .. } => &texts.number_changed,
            Self::DeviceEnded => &texts.device_ended,
            Self::OthersEnded { count: 0 } => &texts.no_others,
            Self::OthersEnded { .. } => &texts.other_ended,
            Self::Leaving { .. } => &texts.leaving,
            Self::Deleted => &texts.deleted,
            Self::NumberTaken => &texts.number_taken,
            Self::PasswordReset => &texts.password_reset,
            Self::NumberRestored => &texts.number_restored,
            Self::RestoreExpired => &texts.restore_expired,
            Self::Expired => &texts.expired,
            Self::ReturnUnknown => &texts.return_unknown,
        }
    }
}
