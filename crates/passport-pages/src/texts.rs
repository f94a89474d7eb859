//! Texts of the pages: one TOML file per language, all with the same keys.

use std::sync::LazyLock;

use maud::{Markup, PreEscaped, Render};
use serde::Deserialize;

use crate::Language;

/// Declares the keys. A file with a missing or an unknown key is refused.
macro_rules! texts {
    ($($section:ident: $Section:ident $({ $($key:ident)+ })? $(;)?)+) => {
        /// All texts of one language.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Texts {
            $(pub(crate) $section: $Section,)+
        }

        $($(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $Section {
                $(pub(crate) $key: String,)+
            }

            #[cfg(test)]
            impl $Section {
                fn entries(&self) -> Vec<(&'static str, &str)> {
                    vec![$((stringify!($key), &*self.$key),)+]
                }
            }
        )?)+

        #[cfg(test)]
        impl Texts {
            /// Every text with its key.
            fn entries(&self) -> Vec<(String, &str)> {
                let mut entries = Vec::new();
                $(
                    let section = self.$section.entries().into_iter();
                    entries.extend(
                        section.map(|(key, text)| {
                            (format!("{}.{key}", stringify!($section)), text)
                        }),
                    );
                )+
                entries
            }
        }
    };
}

texts! {
    page: PageTexts {
        languages skip help terms privacy inbox development
    }
    time: TimeTexts { second seconds minute minutes hour hours months date moment }
    failure: FailureTexts { network timeout server }
    notice: NoticeTexts {
        signed_out session_ended nothing_done confirmed renamed password_set password_changed
        password_removed number_changed device_ended other_ended others_ended no_others leaving deleted
        number_taken password_reset number_restored restore_expired expired return_unknown
    }
    onward: OnwardTexts { to_app after heading heading_back sent_back go_on }
    link: LinkTexts {
        by_password by_code new_here have_account sign_up sign_in forgot undo_number back_to_sign_in
    }
    form: FormTexts {
        mobile mobile_hint country picture picture_hint picture_alt picture_renew picture_failed
        picture_gave_up picture_missing listen listen_native listen_failed
        code code_hint password former_password new_password rule_length rule_common rule_number show hide remember
        consent_both consent_one consent_terms consent_privacy
    }
    sign_in: EntryTexts { title heading lead submit busy }
    sign_up: EntryTexts;
    forgot: EntryTexts;
    undo_number: EntryTexts;
    sign_in_password: SignInPasswordTexts { title heading lead submit busy }
    code: CodeTexts {
        title heading lead_sent lead_unknown lead_expired submit busy change again again_in
        was_sent have_code resend_in
    }
    new_password: NewPasswordTexts {
        heading heading_first heading_reset lead_new lead_first lead_reset submit submit_new busy skip
    }
    restore: RestoreTexts { title heading lead submit busy leave }
    outcome: OutcomeTexts {
        no_account kept_back nothing_to_undo disabled sign_up_closed other
    }
    account: AccountTexts {
        title signed_in_as back change set none name mobile password is_set is_not_set member_since
        signed_in_here latest_sign_in more apps devices history data delete sign_out signing_out
    }
    name: NameTexts { title label hint submit busy }
    account_password: AccountPasswordTexts {
        set_heading set_lead change_heading change_lead keep_sessions submit busy
        remove_heading remove_lead remove removing
    }
    number: NumberTexts { title present lead submit busy }
    devices: DevicesTexts {
        title lead name app unknown current times end ending others_heading others_lead end_others
    }
    history: HistoryTexts {
        title lead empty when what who you operator service unknown here pages latest older
    }
    data: DataTexts { title lead submit busy }
    delete: DeleteTexts { title whose whose_number signs_out grace at_once then submit busy }
    confirm: ConfirmTexts { title lead_password lead_code submit busy send sending }
    missing: MissingTexts { title lead home }
    trouble: TroubleTexts { title again }
    problem: ProblemTexts { code status }
    inbox: InboxTexts {
        title lead sign_in empty arrived copy copied
        for_sign_up for_sign_in for_reset for_number for_confirm
    }
    happening: HappeningTexts {
        code_sent code_not_sent user_created user_not_created session_begun session_not_begun
        session_ended session_not_ended sessions_ended sessions_not_ended
        session_confirmed session_not_confirmed password_changed password_not_changed
        password_reset password_not_reset number_changed number_not_changed
        number_undone number_not_undone user_renamed user_not_renamed
        user_leaving user_not_leaving user_restored user_not_restored user_purged user_not_purged
        user_disabled user_not_disabled user_enabled user_not_enabled
        user_exported user_not_exported user_unlocked user_not_unlocked limits_reset limits_not_reset
        operator_looked operator_not_looked operator_admitted operator_not_admitted
        token_added token_not_added token_removed token_not_removed
        key_rotated key_not_rotated key_retired key_not_retired audit_purged audit_not_purged
    }
    refusal: RefusalTexts {
        mobile_missing mobile_invalid country_not_served recipient_refused recipient_throttled
        picture_missing picture_character picture_length picture_wrong picture_gone
        code_sent number_limit send_limit not_sent
        code_missing code_form code_wrong code_wrong_last code_gone
        password_missing password_wrong password_required password_short password_long password_common password_is_number
        credentials_wrong wait limit busy unavailable server stale cross_site
        origin cookies disabled stopped sign_up_closed number_taken consent_missing
        name_empty name_long name_invisible name_number
        device_gone number_present no_number too_many_changes confirmations_stopped
        no_account kept_back nothing_to_undo conflict
        form_too_large form_malformed form_timed_out
    }
}

static TEXTS: LazyLock<[Texts; 3]> = LazyLock::new(|| {
    [
        include_str!("../texts/en.toml"),
        include_str!("../texts/zh-hans.toml"),
        include_str!("../texts/zh-hant.toml"),
    ]
    .map(|file| toml::from_str(file).expect("texts have the declared keys"))
});

pub(crate) fn of(language: Language) -> &'static Texts {
    &TEXTS[language.index()]
}

/// `text` with the values of its placeholders: `{name}` becomes the value of `name`.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// `text` as markup, with markup in the place of its placeholders.
pub(crate) fn fill_with(text: &str, values: &[(&str, &Markup)]) -> Markup {
    let escaped = text.render().into_string();
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.0.as_str())).collect();
    PreEscaped(fill(&escaped, &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|it| it.0)
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn every_language_has_every_text_with_the_same_placeholders() {
        let english = of(Language::En).entries();
        for language in Language::ALL {
            for ((key, text), (_, english)) in of(language).entries().iter().zip(&english) {
                assert!(!text.trim().is_empty(), "{language:?} {key}");
                assert_eq!(placeholders(text), placeholders(english), "{language:?} {key}");
            }
        }
    }

    #[test]
    fn p15_traditional_texts_have_no_simplified_characters() {
        const SIMPLIFIED: &str =
            "们这个为会发电话号码请输错误账录册验证过时间说无网络务试页开关让还";
        for (key, text) in of(Language::ZhHant).entries() {
            let wrong: Vec<_> = text.chars().filter(|it| SIMPLIFIED.contains(*it)).collect();
            assert!(wrong.is_empty(), "{key}: {wrong:?}");
        }
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(fill("{a} of {b}", &[("a", "1"), ("b", "2")]), "1 of 2");
    }
}
