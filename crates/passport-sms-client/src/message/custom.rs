use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

const LONGEST_TEXT: usize = 1_000;
const LONGEST_VALUE: usize = 100;
const MOST_VARIABLES: usize = 16;
/// Validity of a message that states none: later the recipient would be surprised.
const VALID_FOR: Duration = Duration::from_hours(1);
/// Limit of the topics that a process keeps, far above what an application has.
const MOST_TOPICS: usize = 1_024;

/// Content in the words of the application: a text, and variables for gateways with templates.
///
/// Text and values may contain a code, a name or an address, so `Debug` shows neither.
///
/// ```
/// use passport_sms_client::Custom;
///
/// let shipped = Custom::new("order-shipped", "Your order 4711 is on its way.")?
///     .with("order", "4711")?;
/// assert_eq!(shipped.topic().as_str(), "order-shipped");
/// assert!(!format!("{shipped:?}").contains("4711"));
/// # Ok::<(), passport_sms_client::ComposeError>(())
/// ```
#[derive(Clone)]
pub struct Custom {
    topic: CustomTopic,
    text: SecretString,
    variables: Vec<(String, SecretString)>,
    valid_for: Duration,
}

/// Topic of [`Custom`] content: 1 to 32 lower-case ASCII letters, digits and hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomTopic(&'static str);

impl Custom {
    /// Content for free-text gateways: 1 to 1,000 characters without control characters except line feeds.
    ///
    /// # Errors
    ///
    /// The topic or the text cannot be used.
    pub fn new(topic: &str, text: &str) -> Result<Self, ComposeError> {
        let topic = CustomTopic::named(topic).ok_or(ComposeError::Topic)?;
        let is_unfit = |c: char| c.is_control() && c != '\n';
        if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT || text.contains(is_unfit)
        {
            return Err(ComposeError::Text);
        }
        Ok(Self { topic, text: text.into(), variables: Vec::new(), valid_for: VALID_FOR })
    }

    /// Adds the value of a variable, for [`Parameter::Custom`](crate::Parameter::Custom) of templates: 1 to
    /// 100 characters on one line. A later value replaces an earlier one.
    ///
    /// # Errors
    ///
    /// The name is not 1 to 32 lower-case ASCII letters, digits, hyphens and underscores, the value cannot
    /// be used, or there are more than 16 variables.
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, ComposeError> {
        let is_value = (1..=LONGEST_VALUE).contains(&value.chars().count())
            && !value.contains(char::is_control);
        self.variables.retain(|(other, _)| other != name);
        if !is_name(name, b"-_") || !is_value || self.variables.len() >= MOST_VARIABLES {
            return Err(ComposeError::Variable);
        }
        self.variables.push((name.to_owned(), value.into()));
        Ok(self)
    }

    /// With a time for which sending the message makes sense; an hour by default.
    #[must_use]
    pub fn valid_for(self, valid_for: Duration) -> Self {
        Self { valid_for, ..self }
    }

    /// The topic.
    #[must_use]
    pub fn topic(&self) -> CustomTopic {
        self.topic
    }

    /// The text in clear. Not for logs.
    #[must_use]
    pub fn expose_text(&self) -> &str {
        self.text.expose_secret()
    }

    /// The value of a variable in clear, if there is one. Not for logs.
    #[must_use]
    pub fn expose_variable(&self, name: &str) -> Option<&str> {
        let variable = self.variables.iter().find(|(other, _)| other == name);
        variable.map(|(_, value)| value.expose_secret())
    }

    /// Time for which sending the message makes sense.
    #[must_use]
    pub fn validity(&self) -> Duration {
        self.valid_for
    }

    /// Names and values of all variables.
    #[cfg(feature = "dispatch")]
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.expose_secret()))
    }

    /// Everything that must not occur in a log: values of variables, and words of the text with a digit. A
    /// shorter word identifies nothing, and would occur everywhere.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let is_long = |text: &&str| text.chars().count() >= 4;
        let words = self
            .expose_text()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.contains(|c: char| c.is_ascii_digit()));
        let values = self.variables.iter().map(|(_, value)| value.expose_secret());
        let mut secrets: Vec<_> = values.chain(words).filter(is_long).collect();
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custom").field("topic", &self.topic.0).finish_non_exhaustive()
    }
}

impl CustomTopic {
    /// The topic with that name; none if it cannot be one, or is the name of a topic of this crate.
    ///
    /// A topic is kept for the life of the process, so names must come from a fixed set.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        static TOPICS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        if !is_name(name, b"-") || super::Topic::all().any(|topic| topic.as_str() == name) {
            return None;
        }
        let mut topics = TOPICS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = topics.get(name) {
            return Some(Self(known));
        }
        if topics.len() >= MOST_TOPICS {
            return None;
        }
        let name: &'static str = Box::leak(name.into());
        topics.insert(name);
        Some(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

fn is_name(text: &str, signs: &[u8]) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || signs.contains(&byte);
    (1..=32).contains(&text.len()) && text.bytes().all(fits)
}

/// Why a message cannot be composed. The error repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The recipient.
    #[error("recipient is not a mobile number in E.164 form, such as +8613800138000")]
    Recipient,
    /// The code.
    #[error("code is not 4 to 12 ASCII letters or digits")]
    Code,
    /// The topic.
    #[error(
        "topic is not 1 to 32 lower-case letters, digits and hyphens, or is a topic of this crate"
    )]
    Topic,
    /// The text.
    #[error("text is not 1 to 1000 characters, or has control characters")]
    Text,
    /// A variable.
    #[error("variable has no plain name, or a value that is not 1 to 100 characters on one line")]
    Variable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_can_be_sent_are_accepted() {
        for text in ["a", "Your code is 123456.\n\n@id.example #123456", &"字".repeat(1_000)] {
            assert_eq!(Custom::new("text", text).unwrap().expose_text(), text);
        }
        for text in ["", " \n", "a\r\nb", "a\tb", "a\0", &"字".repeat(1_001)] {
            assert_eq!(Custom::new("text", text).err(), Some(ComposeError::Text), "{text:?}");
        }
        for topic in ["", "Login", "login", "password-changed", "a b", "é", &"a".repeat(33)] {
            assert_eq!(Custom::new(topic, "a").err(), Some(ComposeError::Topic), "{topic:?}");
        }
    }

    #[test]
    fn variables_have_plain_names_and_one_line() {
        let content = Custom::new("order", "a").unwrap();
        let twice = content.clone().with("n", "1").unwrap().with("n", "2").unwrap();
        assert_eq!((twice.expose_variable("n"), twice.expose_variable("m")), (Some("2"), None));
        for (name, value) in
            [("", "a"), ("N", "a"), ("n", ""), ("n", "a\nb"), ("n", &"a".repeat(101))]
        {
            let refused = content.clone().with(name, value);
            assert_eq!(refused.err(), Some(ComposeError::Variable), "{name}: {value:?}");
        }
        let many = (0..16).try_fold(content, |it, n| it.with(&format!("n{n}"), "a")).unwrap();
        assert!(many.clone().with("n0", "b").is_ok() && many.with("more", "b").is_err());
    }

    #[test]
    fn a_topic_is_the_same_wherever_it_is_named() {
        let name = String::from("parcel-1");
        assert_eq!(CustomTopic::named(&name), CustomTopic::named("parcel-1"));
        assert_ne!(CustomTopic::named("parcel-1"), CustomTopic::named("parcel-2"));
    }

    #[test]
    fn debug_shows_neither_text_nor_value() {
        let content =
            Custom::new("order", "Order 4711 for Ada").unwrap().with("name", "Ada").unwrap();
        let shown = format!("{content:?}");
        assert!(!shown.contains("4711") && !shown.contains("Ada"), "{shown}");
    }
}
