//! What the use cases send, in the words of `passport-sms-client`.

use passport_auth::{AccountNotice, CodePurpose, Locale};
use passport_sms_client::{self as sms, Notice, Purpose, Topic};

/// Topics of the messages that the use cases send.
pub const TOPICS: [Topic; 9] = [
    Topic::Code(Purpose::Register),
    Topic::Code(Purpose::Login),
    Topic::Code(Purpose::Reset),
    Topic::Code(Purpose::ChangeNumber),
    Topic::Code(Purpose::Confirm),
    Topic::Notice(Notice::PasswordChanged),
    Topic::Notice(Notice::NumberChanged),
    Topic::Notice(Notice::NumberUndone),
    Topic::Notice(Notice::AccountLeaving),
];

/// Whether the service is of no use without messages of that topic: people could neither sign up nor
/// sign in by code. Without another code the action needs another proof, and without a notice the
/// account is changed all the same.
pub fn is_required(topic: Topic) -> bool {
    match topic {
        Topic::Code(purpose) => matches!(purpose, Purpose::Register | Purpose::Login),
        Topic::Notice(_) | Topic::Custom(_) => false,
    }
}

pub(crate) fn purpose_of(purpose: CodePurpose) -> Purpose {
    match purpose {
        CodePurpose::Register | CodePurpose::SignUp => Purpose::Register,
        CodePurpose::SignIn => Purpose::Login,
        CodePurpose::Reset => Purpose::Reset,
        CodePurpose::ChangeNumber | CodePurpose::UndoNumber => Purpose::ChangeNumber,
        CodePurpose::Confirm => Purpose::Confirm,
    }
}

pub(crate) fn notice_of(notice: AccountNotice) -> Notice {
    match notice {
        AccountNotice::PasswordChanged => Notice::PasswordChanged,
        AccountNotice::NumberChanged => Notice::NumberChanged,
        AccountNotice::NumberUndone => Notice::NumberUndone,
        AccountNotice::AccountLeaving => Notice::AccountLeaving,
    }
}

pub(crate) fn locale_of(locale: Locale) -> sms::Locale {
    match locale {
        Locale::ZhHans => sms::Locale::ZhHans,
        Locale::ZhHant => sms::Locale::ZhHant,
        Locale::En => sms::Locale::En,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_topics_are_those_of_every_code_and_notice() {
        let codes = CodePurpose::ALL.into_iter().map(|it| Topic::Code(purpose_of(it)));
        let notices = AccountNotice::ALL.into_iter().map(|it| Topic::Notice(notice_of(it)));
        assert_eq!(codes.chain(notices).collect::<HashSet<_>>(), HashSet::from(TOPICS));
    }

    #[test]
    fn only_codes_to_sign_up_and_to_sign_in_are_required() {
        let required: Vec<_> = Topic::all().filter(|it| is_required(*it)).collect();
        assert_eq!(required, [Topic::Code(Purpose::Register), Topic::Code(Purpose::Login)]);
    }
}
