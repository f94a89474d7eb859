//! Environment variables that were perhaps meant as settings, such as `PASSPORT_HTTP_LISTEN`.

use std::collections::BTreeSet;

use super::{Remark, shown::Shown};

/// Warnings about those of `variables` that are near a key, or near a section of the keys `shown`. Their
/// values are not shown, because one may be a secret.
pub(super) fn strays(variables: &[String], shown: &[Shown]) -> Vec<Remark> {
    let section = |shown: &Shown| Some(letters(shown.key.split_once('.')?.0));
    let sections: BTreeSet<_> = shown.iter().filter_map(section).collect();
    let warning = |variable: &String| {
        let meant = letters(variable.strip_prefix("PASSPORT")?);
        let hint = match shown.iter().find(|shown| letters(&shown.key) == meant) {
            // The variable is of another program, such as `docker compose`, which passes its value on.
            Some(shown) if shown.origin == variable_of(&shown.key) => return None,
            Some(shown) => format!("write {}", variable_of(&shown.key)),
            // Kubernetes sets such variables for a service with the name `passport-http`.
            None if is_of_a_cluster(variable) => return None,
            None if sections.iter().any(|section| meant.starts_with(section.as_str())) => {
                "settings are written PASSPORT__SECTION__KEY, with two underscores".to_owned()
            }
            None => return None,
        };
        Some(Remark {
            key: None,
            value: None,
            origin: Some(variable.clone()),
            text: format!("{variable} is set and has no effect: {hint}"),
        })
    };
    variables.iter().filter_map(warning).collect()
}

/// The variable of a key: `PASSPORT__HTTP__LISTEN`.
fn variable_of(key: &str) -> String {
    format!("PASSPORT__{}", key.replace('.', "__").to_uppercase())
}

/// What remains of a key or a variable without separators.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

/// `…_SERVICE_HOST`, `…_SERVICE_PORT…`, `…_PORT`, `…_PORT_8080_TCP…`
fn is_of_a_cluster(variable: &str) -> bool {
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    variable.ends_with("_PORT")
        || variable.ends_with("_SERVICE_HOST")
        || variable.contains("_SERVICE_PORT")
        || variable
            .split_once("_PORT_")
            .is_some_and(|(_, rest)| rest.split('_').next().is_some_and(is_number))
}

#[cfg(test)]
mod tests {
    use super::{super::shown::ShownValue, *};

    const KEYS: [&str; 5] =
        ["secret", "http.listen", "http.trusted_proxies", "sms.gateways", "sms.sns.region"];

    fn warnings_with(variable: &str, origin: &str) -> Vec<String> {
        let shown = KEYS.map(|key| Shown {
            key: key.to_owned(),
            value: ShownValue::Unset,
            origin: origin.to_owned(),
        });
        strays(&[variable.to_owned()], &shown).iter().map(ToString::to_string).collect()
    }

    fn warnings(variable: &str) -> Vec<String> {
        warnings_with(variable, "default")
    }

    #[test]
    fn w12_a_variable_with_other_underscores_names_the_right_one() {
        for (variable, right) in [
            ("PASSPORT_HTTP_LISTEN", "PASSPORT__HTTP__LISTEN"),
            ("PASSPORT_HTTP__LISTEN", "PASSPORT__HTTP__LISTEN"),
            ("PASSPORT_SECRET", "PASSPORT__SECRET"),
            ("PASSPORT_HTTP_TRUSTED_PROXIES", "PASSPORT__HTTP__TRUSTED_PROXIES"),
            ("PASSPORT_SMS_SNS_REGION", "PASSPORT__SMS__SNS__REGION"),
            ("PASSPORT.HTTP.LISTEN", "PASSPORT__HTTP__LISTEN"),
        ] {
            let expected = format!("{variable} is set and has no effect: write {right}");
            assert_eq!(warnings(variable), [expected]);
        }
        let said = warnings("PASSPORT_SMS_TWILIO_AUTH_TOKEN");
        assert!(said[0].contains("PASSPORT__SECTION__KEY"), "{said:?}");
    }

    #[test]
    fn w12_variables_of_others_are_none_of_ours() {
        for variable in [
            "PASSPORT_TEST_REDIS_URL",
            "PASSPORT_PORT",
            "PASSPORT_SERVICE_HOST",
            "PASSPORT_PORT_8080_TCP_ADDR",
            "PASSPORT_HTTP_SERVICE_PORT_HTTP",
            "PASSPORT_SMS_PORT_443_TCP",
            "PASSPORT_DOMAIN",
            "PASSPORT",
        ] {
            assert_eq!(warnings(variable), Vec::<String>::new(), "{variable}");
        }
        let said = warnings_with("PASSPORT_SECRET", "PASSPORT__SECRET");
        assert!(said.is_empty(), "both are set, as by docker compose: {said:?}");
    }
}
