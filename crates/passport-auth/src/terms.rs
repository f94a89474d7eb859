use passport_user::TermsVersion;
use thiserror::Error;

/// The terms that new accounts are subject to.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Version of the terms; `None` if there are none, or if consents to them are not recorded.
    pub current: Option<TermsVersion>,
    /// Whether an account needs a consent. Without a version there is nothing to consent to.
    pub is_required: bool,
}

impl Terms {
    /// The version to record for a person who consents to `given`.
    ///
    /// # Errors
    ///
    /// If `given` is another version than the current one, or none although a consent is required.
    pub(crate) fn accept(
        &self,
        given: Option<&TermsVersion>,
    ) -> Result<Option<TermsVersion>, ConsentRequired> {
        match (&self.current, given) {
            (None, _) => Ok(None),
            (Some(current), Some(given)) if given == current => Ok(Some(current.clone())),
            (Some(_), None) if !self.is_required => Ok(None),
            (Some(current), _) => Err(ConsentRequired { current: current.clone() }),
        }
    }
}

/// A new account needs a consent to the current version of the terms.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("consent to version {current} of the terms is required")]
pub struct ConsentRequired {
    /// The current version.
    pub current: TermsVersion,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> TermsVersion {
        text.parse().unwrap()
    }

    #[test]
    fn p9_only_a_consent_to_the_current_version_counts() {
        let current = Some(version("2"));
        for (current, is_required, given, accepted) in [
            (&current, true, Some("2"), Ok(Some("2"))),
            (&current, false, Some("2"), Ok(Some("2"))),
            (&current, true, None, Err("2")),
            (&current, true, Some("1"), Err("2")),
            (&current, false, Some("1"), Err("2")),
            (&current, false, None, Ok(None)),
            (&None, false, Some("1"), Ok(None)),
            (&None, true, None, Ok(None)),
        ] {
            let terms = Terms { current: current.clone(), is_required };
            let accepted = accepted
                .map(|version: Option<&str>| version.map(self::version))
                .map_err(|version| ConsentRequired { current: self::version(version) });
            assert_eq!(terms.accept(given.map(version).as_ref()), accepted, "{terms:?} {given:?}");
        }
    }
}
