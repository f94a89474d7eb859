use passport_auth::Locale;

/// A text, or another thing, that may differ by language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByLanguage<T> {
    zh_hans: Option<T>,
    zh_hant: Option<T>,
    en: Option<T>,
    other: Option<T>,
}

impl<T> Default for ByLanguage<T> {
    fn default() -> Self {
        Self { zh_hans: None, zh_hant: None, en: None, other: None }
    }
}

impl<T> ByLanguage<T> {
    /// Nothing in any language.
    pub fn is_empty(&self) -> bool {
        self.find(Locale::En).is_none()
    }

    /// The value for readers of `locale`, and its own language, if that is known. Readers of one kind of
    /// Chinese get the other before the value without a language, and any value before none.
    pub fn find(&self, locale: Locale) -> Option<(Option<Locale>, &T)> {
        let other_script = match locale {
            Locale::ZhHans => Some(Locale::ZhHant),
            Locale::ZhHant => Some(Locale::ZhHans),
            Locale::En => None,
        };
        let own = |locale: Locale| self.own(locale).map(|value| (Some(locale), value));
        own(locale)
            .or_else(|| other_script.and_then(own))
            .or_else(|| self.other.as_ref().map(|value| (None, value)))
            .or_else(|| [Locale::En, Locale::ZhHans, Locale::ZhHant].into_iter().find_map(own))
    }

    /// The value for readers of `locale`.
    pub fn of(&self, locale: Locale) -> Option<&T> {
        self.find(locale).map(|(_, value)| value)
    }

    /// All values.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        [&self.zh_hans, &self.zh_hant, &self.en, &self.other].into_iter().flatten()
    }

    fn own(&self, locale: Locale) -> Option<&T> {
        match locale {
            Locale::ZhHans => self.zh_hans.as_ref(),
            Locale::ZhHant => self.zh_hant.as_ref(),
            Locale::En => self.en.as_ref(),
        }
    }

    /// Sets the value for one language, or for all others. Returns the former value.
    pub(super) fn set(&mut self, locale: Option<Locale>, value: T) -> Option<T> {
        let place = match locale {
            Some(Locale::ZhHans) => &mut self.zh_hans,
            Some(Locale::ZhHant) => &mut self.zh_hant,
            Some(Locale::En) => &mut self.en,
            None => &mut self.other,
        };
        place.replace(value)
    }
}

/// A language by its tag in keys and names of files: `zh-Hans`, `zh-Hant` or `en`, in any case, with
/// `_` for `-` as in variables.
pub(super) fn language(tag: &str) -> Option<Locale> {
    match tag.to_ascii_lowercase().replace('_', "-").as_str() {
        "zh-hans" => Some(Locale::ZhHans),
        "zh-hant" => Some(Locale::ZhHant),
        "en" => Some(Locale::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p15_readers_get_the_nearest_language_that_there_is() {
        let find = |given: &[Option<Locale>], locale| {
            let mut values = ByLanguage::default();
            for language in given {
                assert!(values.set(*language, *language).is_none());
            }
            values.of(locale).copied()
        };
        let (simplified, traditional, en) =
            (Some(Locale::ZhHans), Some(Locale::ZhHant), Some(Locale::En));
        assert_eq!(find(&[simplified, traditional, en, None], Locale::ZhHant), Some(traditional));
        assert_eq!(find(&[simplified, en, None], Locale::ZhHant), Some(simplified));
        assert_eq!(find(&[traditional, None], Locale::ZhHans), Some(traditional));
        assert_eq!(find(&[simplified, None], Locale::En), Some(None));
        assert_eq!(find(&[simplified], Locale::En), Some(simplified));
        assert_eq!(find(&[en], Locale::ZhHant), Some(en));
        assert_eq!(find(&[], Locale::En), None);
    }
}
