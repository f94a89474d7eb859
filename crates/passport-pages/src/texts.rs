//! Texts of the pages: one TOML file per language, all with the same keys.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Language;

/// Declares the keys. A file with a missing or an unknown key is refused.
macro_rules! texts {
    ($($section:ident: $Section:ident { $($key:ident)+ })+) => {
        /// All texts of one language.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Texts {
            $(pub(crate) $section: $Section,)+
        }

        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $Section {
                $(pub(crate) $key: String,)+
            }
        )+

        #[cfg(test)]
        impl Texts {
            /// Every text with its key.
            fn entries(&self) -> Vec<(String, &str)> {
                let mut entries = Vec::new();
                $($(
                    let key = concat!(stringify!($section), ".", stringify!($key));
                    entries.push((key.to_owned(), &*self.$section.$key));
                )+)+
                entries
            }
        }
    };
}

texts! {
    page: PageTexts {
        languages skip help terms privacy inbox development
    }
    time: TimeTexts { second seconds minute minutes hour hours }
    failure: FailureTexts { network timeout server }
    form: FormTexts {
        mobile mobile_hint country picture picture_hint picture_alt picture_renew picture_failed picture_gave_up
        listen listen_native listen_failed
        code code_hint password show hide remember
    }
    sign_in: SignInTexts {
        title heading lead submit busy by_password by_code no_account sign_up forgot undo_number
    }
    sign_in_password: SignInPasswordTexts { lead submit busy }
    code: CodeTexts {
        title heading lead_sent lead_unknown submit busy change again again_in
    }
    refusal: RefusalTexts {
        mobile_missing mobile_invalid country_not_served recipient_refused recipient_throttled
        picture_missing picture_character picture_length picture_wrong picture_gone
        send_limit not_sent
        code_missing code_form code_wrong code_wrong_last code_gone
        password_missing credentials_wrong wait limit busy unavailable server stale cross_site
        origin cookies disabled stopped sign_up_closed number_taken consent_missing
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
