use std::borrow::Cow;

use passport_sms_client::Message;
use serde_json::Value;

use crate::custom_http::pattern::{Name, Pattern};
use crate::custom_http::values::national;

/// A place in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// JSON pointer (RFC 6901), perhaps with the number or the id of the message.
    Pointer(Pattern),
    /// The whole body, without white space at its ends.
    Body,
}

/// A condition on an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    place: Place,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// Something other than null, false, or an empty string, list or object.
    Present,
    Equals(String),
    Begins(String),
    Contains(String),
}

/// An answer, as far as places need it.
pub(super) struct Answered<'a> {
    pub(super) json: Option<Value>,
    pub(super) text: Cow<'a, str>,
    pub(super) message: &'a Message,
}

impl Place {
    /// Reads `body` or a JSON pointer.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "body" {
            return Ok(Self::Body);
        }
        if !text.starts_with('/') {
            return Err("body, or a JSON pointer that begins with /".to_owned());
        }
        let pattern = Pattern::parse(text, &[])?;
        let fits = |name: Name| name.is_recipient() || name == Name::Id;
        if !pattern.names().all(fits) {
            return Err("a JSON pointer without placeholders except the number and {id}".to_owned());
        }
        Ok(Self::Pointer(pattern))
    }

    /// The value there as text; none if there is no value, or a list or an object.
    pub(super) fn scalar(&self, answered: &Answered<'_>) -> Option<String> {
        match self {
            Self::Body => Some(answered.text.trim().to_owned()),
            Self::Pointer(pattern) => match answered.at(pattern)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                Value::Bool(bool) => Some(bool.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            },
        }
    }

    fn is_present(&self, answered: &Answered<'_>) -> bool {
        match self {
            Self::Body => !answered.text.trim().is_empty(),
            Self::Pointer(pattern) => answered.at(pattern).is_some_and(|value| match value {
                Value::Null => false,
                Value::Bool(bool) => *bool,
                Value::Number(_) => true,
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                Value::Object(items) => !items.is_empty(),
            }),
        }
    }
}

impl Rule {
    /// Reads `PLACE`, `PLACE = TEXT`, `PLACE ^= BEGINNING` or `PLACE *= PART`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((left, right)) = text.split_once('=') else {
            let place = Place::parse(text)?;
            if place == Place::Body {
                return Err("a rule about the body with =, ^= or *= and a text".to_owned());
            }
            return Ok(Self { place, test: Test::Present });
        };
        let wanted = right.trim().to_owned();
        if wanted.is_empty() {
            return Err("a rule with a text after its sign".to_owned());
        }
        let (subject, condition) = if let Some(place) = left.strip_suffix('^') {
            (place, Test::Begins(wanted))
        } else if let Some(place) = left.strip_suffix('*') {
            (place, Test::Contains(wanted))
        } else {
            (left, Test::Equals(wanted))
        };
        Ok(Self { place: Place::parse(subject)?, test: condition })
    }

    pub(super) fn is_about(&self, place: &Place) -> bool {
        self.place == *place
    }

    pub(super) fn holds(&self, answered: &Answered<'_>) -> bool {
        let is = |fits: &dyn Fn(&str) -> bool| {
            self.place.scalar(answered).is_some_and(|text| fits(&text))
        };
        match &self.test {
            Test::Present => self.place.is_present(answered),
            Test::Equals(wanted) => is(&|text| text == wanted),
            Test::Begins(wanted) => is(&|text| text.starts_with(wanted)),
            Test::Contains(wanted) => is(&|text| text.contains(wanted)),
        }
    }
}

impl Answered<'_> {
    fn at(&self, pattern: &Pattern) -> Option<&Value> {
        let to = self.message.to.as_str();
        let value = |name| -> Cow<'_, str> {
            match name {
                Name::ToDigits => to[1..].into(),
                Name::ToNational => national(&self.message.to).into(),
                Name::Id => self.message.id.simple().to_string().into(),
                _ => to.into(),
            }
        };
        let escape = |text: &str| text.replace('~', "~0").replace('/', "~1");
        self.json.as_ref()?.pointer(&pattern.fill(value, escape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::message;

    fn holds(rule: &str, body: &str) -> bool {
        let message = message("+8613800138000", "004217");
        let json = serde_json::from_str(body).ok();
        let answered = Answered { json, text: body.into(), message: &message };
        Rule::parse(rule).unwrap().holds(&answered)
    }

    #[test]
    fn a_rule_is_about_one_place() {
        for (rule, body, want) in [
            ("/status = 0", r#"{"status":"0"}"#, true),
            ("/status = 0", r#"{"status":0}"#, true),
            ("/status = 0", r#"{"status":"00"}"#, false),
            ("/status = 0", r#"{"status":[0]}"#, false),
            ("/status=0", "{}", false),
            ("/ok = true", r#"{"ok":true}"#, true),
            ("/status ^= MESSAGE_", r#"{"status":"MESSAGE_ACCEPTED"}"#, true),
            ("/status *= queued", r#"{"status":"message(s) queued"}"#, true),
            ("/ids/0", r#"{"ids":["a"]}"#, true),
            ("/ids/0", r#"{"ids":[]}"#, false),
            ("/ids", r#"{"ids":[]}"#, false),
            ("/id", r#"{"id":""}"#, false),
            ("/id", r#"{"id":false}"#, false),
            ("/id", r#"{"id":null}"#, false),
            ("/id", r#"{"id":0}"#, true),
            ("/sms/{to_digits}/status = OK", r#"{"sms":{"8613800138000":{"status":"OK"}}}"#, true),
            ("/sms/{to}/a", r#"{"sms":{"+8613800138000":{"a":1}}}"#, true),
            ("/sms/{to_national}/a", r#"{"sms":{"13800138000":{"a":1}}}"#, true),
            ("body = OK", " OK\n", true),
            ("body ^= 100", "100\n000-1", true),
            ("body *= <code>0</code>", "<r><code>0</code></r>", true),
            ("body = OK", "<html>OK</html>", false),
            ("/a", "<html>", false),
        ] {
            assert_eq!(holds(rule, body), want, "{rule} {body}");
        }
    }

    #[test]
    fn a_rule_that_anything_fulfils_is_refused() {
        for rule in ["", "body", "body =", "status = 0", "/a =", "= 0", "/{text}", "/{tex}"] {
            assert!(Rule::parse(rule).is_err(), "{rule}");
        }
    }
}
