use crate::client::{Gap, MessageKind};
use crate::message::{Intent, Locale, Message, Topic};
use crate::outcome::Rejection;

/// Text that the carrier approved, with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Id of the template at the gateway.
    pub id: String,
    /// Parameters for the placeholders, in order.
    pub parameters: Vec<Parameter>,
    names: Vec<(Parameter, String)>,
}

impl Template {
    /// The template `id` whose placeholders are filled with `parameters`.
    pub fn new(id: impl Into<String>, parameters: impl Into<Vec<Parameter>>) -> Self {
        Self { id: id.into(), parameters: parameters.into(), names: Vec::new() }
    }

    /// Sets the template's name of a parameter, for gateways with named placeholders. A later call
    /// for the same parameter replaces the name.
    #[must_use]
    pub fn naming(mut self, parameter: Parameter, name: impl Into<String>) -> Self {
        self.names.retain(|(named, _)| *named != parameter);
        self.names.push((parameter, name.into()));
        self
    }

    /// The template's name of a parameter; [`Parameter::as_str`] by default.
    #[must_use]
    pub fn name_of(&self, parameter: Parameter) -> &str {
        self.own_name_of(parameter).unwrap_or(parameter.as_str())
    }

    /// The name that [`naming`](Self::naming) set for the parameter, if any.
    #[must_use]
    pub fn own_name_of(&self, parameter: Parameter) -> Option<&str> {
        let own = self.names.iter().find(|(named, _)| *named == parameter);
        own.map(|(_, name)| name.as_str())
    }
}

/// Parameter of a template. Every value is a string: codes keep their zeros, minutes are whole
/// numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// The code.
    Code,
    /// Validity of the code in minutes.
    Minutes,
    /// The variable of [`Custom`](crate::Custom) content with that name.
    Custom(&'static str),
}

impl Parameter {
    /// The name in settings, and the default name in templates: `code`, `minutes`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Minutes => "minutes",
            Self::Custom(name) => name,
        }
    }

    fn is_custom(self) -> bool {
        matches!(self, Self::Custom(_))
    }
}

/// Templates of one gateway, by topic and language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    fallback: Option<Template>,
    special: Vec<(Topic, Locale, Template)>,
}

impl Templates {
    /// `fallback` for every code of every purpose in every language, and nothing for notices.
    #[must_use]
    pub fn new(fallback: Template) -> Self {
        Self { fallback: Some(fallback), special: Vec::new() }
    }

    /// `template` for messages with this topic in this language. A later call replaces it.
    #[must_use]
    pub fn with(mut self, topic: impl Into<Topic>, locale: Locale, template: Template) -> Self {
        let topic = topic.into();
        self.special.retain(|(t, l, _)| (*t, *l) != (topic, locale));
        self.special.push((topic, locale, template));
        self
    }

    /// The template for such a message, if there is one that the message can fill: a notice has no
    /// value for a placeholder. A message in traditional characters takes the template of its topic in
    /// simplified ones where it has none of its own, because every reader of Chinese reads those.
    #[must_use]
    pub fn find(&self, topic: Topic, locale: Locale) -> Option<&Template> {
        let of = |locale| self.special.iter().find(|(t, l, _)| (*t, *l) == (topic, locale));
        let special = of(locale).or_else(|| match locale {
            Locale::ZhHant => of(Locale::ZhHans),
            Locale::ZhHans | Locale::En => None,
        });
        match topic {
            Topic::Code(_) => {
                let template = special.map(|(_, _, it)| it).or(self.fallback.as_ref());
                template.filter(|it| it.parameters.iter().all(|it| !it.is_custom()))
            }
            Topic::Custom(_) => special
                .map(|(_, _, it)| it)
                .filter(|it| it.parameters.iter().all(|it| it.is_custom())),
            Topic::Notice(_) => special.map(|(_, _, it)| it).filter(|it| it.parameters.is_empty()),
        }
    }

    /// Whether [`find`](Self::find) has a template for messages of that kind.
    ///
    /// # Errors
    ///
    /// [`Gap::Template`] if there is none.
    pub fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.find(kind.topic, kind.locale).map(drop).ok_or(Gap::Template)
    }

    /// The template for `message`.
    ///
    /// # Errors
    ///
    /// The rejection of a message without a template, as a gateway returns it.
    pub fn find_for(&self, message: &Message) -> Result<&Template, Rejection> {
        self.find(message.intent.topic(), message.locale)
            .filter(|template| template.is_filled_by(&message.intent))
            .ok_or_else(|| Rejection::uncovered(Gap::Template))
    }

    /// Every template, the fallback first.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.fallback.iter().chain(self.special.iter().map(|(_, _, template)| template))
    }
}

impl Template {
    /// Whether the message has a value for every placeholder.
    fn is_filled_by(&self, intent: &Intent) -> bool {
        self.parameters.iter().all(|parameter| !parameter.value(intent).is_empty())
    }

    /// Values of the placeholders in a message with that intent, in order.
    #[must_use]
    pub fn values(&self, intent: &Intent) -> Vec<String> {
        self.parameters.iter().map(|parameter| parameter.value(intent)).collect()
    }
}

impl Parameter {
    /// Value of this parameter in a message with that intent; empty if it has none. [`Templates::find`]
    /// returns no template with parameters that the topic does not have, and
    /// [`find_for`](Templates::find_for) none with a variable that the message does not have.
    #[must_use]
    pub fn value(self, intent: &Intent) -> String {
        match (self, intent) {
            (Self::Code, Intent::Code { code, .. }) => code.expose().to_owned(),
            (Self::Minutes, Intent::Code { valid_for, .. }) => {
                crate::message::whole_minutes(*valid_for).to_string()
            }
            (Self::Custom(name), Intent::Custom(content)) => {
                content.expose_variable(name).unwrap_or_default().to_owned()
            }
            (Self::Code | Self::Minutes, Intent::Notice(_) | Intent::Custom(_))
            | (Self::Custom(_), Intent::Code { .. } | Intent::Notice(_)) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Custom, CustomTopic, Message, Notice, Purpose};

    #[test]
    fn a_specific_template_takes_precedence_over_the_fallback() {
        let templates = Templates::new(Template::new("1", []))
            .with(Purpose::Reset, Locale::En, Template::new("2", []))
            .with(Purpose::Reset, Locale::En, Template::new("3", []));
        let id =
            |purpose: Purpose, locale| templates.find(purpose.into(), locale).unwrap().id.as_str();
        assert_eq!(id(Purpose::Reset, Locale::En), "3");
        assert_eq!(id(Purpose::Reset, Locale::ZhHans), "1");
        assert_eq!(id(Purpose::Login, Locale::En), "1");
        assert_eq!(templates.iter().count(), 2);
    }

    #[test]
    fn p15_traditional_takes_the_simplified_template_where_it_has_none() {
        let notice = Topic::Notice(Notice::NewSignIn);
        let templates = Templates::new(Template::new("1", []))
            .with(Purpose::Reset, Locale::ZhHans, Template::new("2", []))
            .with(notice, Locale::ZhHans, Template::new("3", []))
            .with(Purpose::Login, Locale::ZhHans, Template::new("4", []))
            .with(Purpose::Login, Locale::ZhHant, Template::new("5", []));
        let id = |topic: Topic, locale| templates.find(topic, locale).map(|it| it.id.as_str());
        assert_eq!(id(Purpose::Reset.into(), Locale::ZhHant), Some("2"));
        assert_eq!(id(notice, Locale::ZhHant), Some("3"));
        assert_eq!(id(Purpose::Login.into(), Locale::ZhHant), Some("5"));
        assert_eq!(id(Purpose::Register.into(), Locale::ZhHant), Some("1"));
        assert_eq!(id(Purpose::Reset.into(), Locale::En), Some("1"), "of Chinese only");
        assert_eq!(id(notice, Locale::En), None);
    }

    #[test]
    fn a_notice_uses_only_its_own_template_without_placeholders() {
        let notice = Topic::Notice(Notice::NewSignIn);
        let templates = Templates::new(Template::new("1", [Parameter::Code]))
            .with(notice, Locale::En, Template::new("2", []))
            .with(notice, Locale::ZhHans, Template::new("3", [Parameter::Code]));
        assert_eq!(templates.find(notice, Locale::En).map(|it| it.id.as_str()), Some("2"));
        assert_eq!(templates.find(notice, Locale::ZhHans), None, "a notice has no code to fill in");
        assert_eq!(templates.find(notice, Locale::ZhHant), None);
        assert_eq!(Templates::default().find(Purpose::Login.into(), Locale::En), None);
    }

    #[test]
    fn l4_a_template_for_an_own_topic_is_filled_with_own_variables() {
        let topic = CustomTopic::named("order-shipped").unwrap();
        let (order, code) = (Parameter::Custom("order"), Parameter::Code);
        let templates = Templates::new(Template::new("1", [code]))
            .with(topic, Locale::En, Template::new("2", [order]))
            .with(topic, Locale::ZhHans, Template::new("3", [order, code]));
        let message = |content: Custom, locale| Message {
            id: uuid::Uuid::nil(),
            to: "+447700900123".parse().unwrap(),
            intent: Intent::Custom(content),
            locale,
        };
        let plain = Custom::new("order-shipped", "On its way.").unwrap();
        let full = plain.clone().with("order", "4711").unwrap();
        let found = message(full.clone(), Locale::En);
        let template = templates.find_for(&found).unwrap();
        assert_eq!(
            (template.id.as_str(), template.values(&found.intent)),
            ("2", vec!["4711".into()])
        );
        assert!(templates.find_for(&message(plain, Locale::En)).is_err(), "a variable is missing");
        assert!(
            templates.find_for(&message(full.clone(), Locale::ZhHans)).is_err(),
            "it has no code"
        );
        assert!(
            templates.find_for(&message(full, Locale::ZhHant)).is_err(),
            "there is no template"
        );
    }

    #[test]
    fn placeholders_can_be_renamed() {
        let template = Template::new("1", [Parameter::Code, Parameter::Minutes])
            .naming(Parameter::Minutes, "time");
        assert_eq!(template.name_of(Parameter::Minutes), "time");
        assert_eq!(template.name_of(Parameter::Code), "code");
    }

    #[test]
    fn parameters_are_readable_strings() {
        let template = Template::new("1", [Parameter::Code, Parameter::Minutes]);
        let intent = Intent::Code {
            purpose: Purpose::Login,
            code: "004217".parse().unwrap(),
            valid_for: std::time::Duration::from_mins(5),
        };
        assert_eq!(template.values(&intent), ["004217", "5"]);
    }
}
