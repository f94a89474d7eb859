use crate::{Language, texts::Texts};

/// Declares what can happen. Each has a text for when it was done and one for when it was refused.
macro_rules! happenings {
    ($($name:ident: $done:ident $refused:ident,)+) => {
        /// What an event is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names are those of the events")]
        pub enum Happening {
            $($name,)+
        }

        impl Happening {
            /// Everything that can happen.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The event in words, for the person whom it is about.
            pub fn text(self, language: Language, is_refused: bool) -> &'static str {
                let texts: &'static Texts = language.texts();
                let (done, refused) = match self {
                    $(Self::$name => (&texts.happening.$done, &texts.happening.$refused),)+
                };
                if is_refused { refused } else { done }
            }
        }
    };
}

happenings! {
    CodeSent: code_sent code_not_sent,
    UserCreated: user_created user_not_created,
    SessionBegun: session_begun session_not_begun,
    SessionEnded: session_ended session_not_ended,
    SessionsEnded: sessions_ended sessions_not_ended,
    SessionConfirmed: session_confirmed session_not_confirmed,
    PasswordChanged: password_changed password_not_changed,
    PasswordReset: password_reset password_not_reset,
    NumberChanged: number_changed number_not_changed,
    NumberUndone: number_undone number_not_undone,
    UserRenamed: user_renamed user_not_renamed,
    UserLeaving: user_leaving user_not_leaving,
    UserRestored: user_restored user_not_restored,
    UserPurged: user_purged user_not_purged,
    UserDisabled: user_disabled user_not_disabled,
    UserEnabled: user_enabled user_not_enabled,
    UserExported: user_exported user_not_exported,
    UserUnlocked: user_unlocked user_not_unlocked,
    LimitsReset: limits_reset limits_not_reset,
    OperatorLooked: operator_looked operator_not_looked,
    OperatorAdmitted: operator_admitted operator_not_admitted,
    OperatorTokenAdded: token_added token_not_added,
    OperatorTokenRemoved: token_removed token_not_removed,
    KeyRotated: key_rotated key_not_rotated,
    KeyRetired: key_retired key_not_retired,
    AuditPurged: audit_purged audit_not_purged,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_happening_has_its_own_words_in_every_language() {
        for language in Language::ALL {
            let mut seen = HashSet::new();
            for what in Happening::ALL {
                for is_refused in [false, true] {
                    let text = what.text(language, is_refused);
                    assert!(seen.insert(text), "{language:?} {what:?} {text}");
                }
            }
        }
    }
}
