use crate::message::{Intent, Locale, Purpose};

/// A text that lies approved at a gateway, with gaps to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The gateway's id of it.
    pub id: String,
    /// What fills its gaps, in their order.
    pub parameters: Vec<Parameter>,
}

impl Template {
    /// The template `id` whose gaps are filled by `parameters`.
    pub fn new(id: impl Into<String>, parameters: impl Into<Vec<Parameter>>) -> Self {
        Self { id: id.into(), parameters: parameters.into() }
    }
}

/// What can fill a gap. Every value is a string: codes keep their zeros, minutes are whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// The code.
    Code,
    /// For how many minutes the code is valid.
    Minutes,
}

/// Which template says what, in which language.
///
/// There is always one to fall back on, so that no message is without a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    fallback: Template,
    special: Vec<(Purpose, Locale, Template)>,
}

impl Templates {
    /// `fallback` for every message.
    #[must_use]
    pub fn new(fallback: Template) -> Self {
        Self { fallback, special: Vec::new() }
    }

    /// `template` for codes of this purpose in this language; the last word counts.
    #[must_use]
    pub fn with(mut self, purpose: Purpose, locale: Locale, template: Template) -> Self {
        self.special.retain(|(p, l, _)| (*p, *l) != (purpose, locale));
        self.special.push((purpose, locale, template));
        self
    }

    /// The template for such a message.
    #[must_use]
    pub fn find(&self, intent: &Intent, locale: Locale) -> &Template {
        let Intent::Code { purpose, .. } = intent;
        self.special
            .iter()
            .find(|(p, l, _)| (p, *l) == (purpose, locale))
            .map_or(&self.fallback, |(_, _, template)| template)
    }

    /// Every template, the one to fall back on first.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(&self.fallback).chain(self.special.iter().map(|(_, _, template)| template))
    }
}

#[cfg(feature = "https")]
impl Parameter {
    /// What this parameter is in a message with that intent.
    pub(crate) fn value(self, intent: &Intent) -> String {
        let Intent::Code { code, valid_for, .. } = intent;
        match self {
            Self::Code => code.expose().to_owned(),
            Self::Minutes => crate::message::whole_minutes(*valid_for).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn code(purpose: Purpose) -> Intent {
        Intent::Code { purpose, code: "004217".parse().unwrap(), valid_for: Duration::from_mins(5) }
    }

    #[test]
    fn the_special_template_goes_before_the_fallback() {
        let templates = Templates::new(Template::new("1", []))
            .with(Purpose::Reset, Locale::En, Template::new("2", []))
            .with(Purpose::Reset, Locale::En, Template::new("3", []));
        let id = |purpose, locale| templates.find(&code(purpose), locale).id.as_str();
        assert_eq!(id(Purpose::Reset, Locale::En), "3");
        assert_eq!(id(Purpose::Reset, Locale::ZhHans), "1");
        assert_eq!(id(Purpose::Login, Locale::En), "1");
        assert_eq!(templates.iter().count(), 2);
    }

    #[cfg(feature = "https")]
    #[test]
    fn parameters_are_strings_as_people_read_them() {
        assert_eq!(Parameter::Code.value(&code(Purpose::Login)), "004217");
        assert_eq!(Parameter::Minutes.value(&code(Purpose::Login)), "5");
    }
}
