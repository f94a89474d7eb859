use std::{collections::HashSet, sync::LazyLock};

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());

/// Whether the list of common passwords contains `password`, ignoring case.
pub(crate) fn is_common(password: &str) -> bool {
    COMMON.contains(password.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pwd_5_list_is_long_enough() {
        assert!(COMMON.len() >= 3_000, "{}", COMMON.len());
        assert!(COMMON.iter().all(|word| word.len() >= 8), "shorter passwords are refused anyway");
    }

    #[test]
    fn pwd_5_case_is_ignored() {
        assert!(is_common("password1"));
        assert!(is_common("PassWord1"));
        assert!(!is_common("password1 and more"));
    }
}
