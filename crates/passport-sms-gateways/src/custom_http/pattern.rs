use std::fmt::Write as _;

/// A text with placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Value(Name),
}

/// A placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    To,
    ToDigits,
    ToNational,
    Text,
    Code,
    Minutes,
    Template,
    Id,
    Locale,
    Topic,
    Timestamp,
    Time,
    Nonce,
    Body,
    Signature,
    /// The own constant with that index.
    Own(usize),
}

/// The placeholders that every gateway has.
const NAMES: [(&str, Name); 15] = [
    ("to", Name::To),
    ("to_digits", Name::ToDigits),
    ("to_national", Name::ToNational),
    ("text", Name::Text),
    ("code", Name::Code),
    ("minutes", Name::Minutes),
    ("template", Name::Template),
    ("id", Name::Id),
    ("locale", Name::Locale),
    ("topic", Name::Topic),
    ("timestamp", Name::Timestamp),
    ("time", Name::Time),
    ("nonce", Name::Nonce),
    ("body", Name::Body),
    ("signature", Name::Signature),
];

impl Name {
    pub(super) fn is_recipient(self) -> bool {
        matches!(self, Self::To | Self::ToDigits | Self::ToNational)
    }

    /// Whether its values may contain line breaks and letters of any script.
    pub(super) fn is_free(self) -> bool {
        matches!(self, Self::Text | Self::Body)
    }
}

/// Whether an own constant may have that name.
pub(super) fn is_own_name(text: &str) -> bool {
    is_name(text) && NAMES.iter().all(|(name, _)| *name != text)
}

fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=32).contains(&text.len()) && text.bytes().all(is_part)
}

impl Pattern {
    /// Reads a text; `own` has the names of own constants.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for the operator. Only names of placeholders are repeated.
    pub(super) fn parse(text: &str, own: &[&str]) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(place) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(place);
            literal += before;
            if from.starts_with("{{") || from.starts_with("}}") {
                literal += &from[..1];
                rest = &from[2..];
            } else if let Some(after) = from.strip_prefix('}') {
                literal.push('}');
                rest = after;
            } else {
                let (name, after) = from[1..].split_once('}').ok_or_else(unfinished)?;
                let value = find(name, own)?;
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Value(value));
                rest = after;
            }
        }
        literal += rest;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self(pieces))
    }

    /// The text with every value escaped.
    pub(super) fn fill<'v>(
        &self,
        value: impl Fn(Name) -> std::borrow::Cow<'v, str>,
        escape: fn(&str) -> String,
    ) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => filled += text,
                // Writing to a `String` cannot fail.
                Piece::Value(name) => _ = write!(filled, "{}", escape(&value(*name))),
            }
        }
        filled
    }

    /// The placeholders in it.
    pub(super) fn names(&self) -> impl Iterator<Item = Name> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Value(name) => Some(*name),
        })
    }
}

fn find(name: &str, own: &[&str]) -> Result<Name, String> {
    if let Some((_, value)) = NAMES.iter().find(|(it, _)| *it == name) {
        return Ok(*value);
    }
    if let Some(index) = own.iter().position(|it| *it == name) {
        return Ok(Name::Own(index));
    }
    // Anything else may be a part of a secret.
    if is_name(name) {
        let known: Vec<_> =
            NAMES.iter().map(|(name, _)| *name).chain(own.iter().copied()).collect();
        return Err(format!(
            "free of the placeholder {{{name}}}, which is unknown; known are {}; {{{{ is a brace",
            known.join(", ")
        ));
    }
    Err(unfinished())
}

fn unfinished() -> String {
    "a text in which each { begins a placeholder such as {to}; {{ is a brace".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let value = |name: Name| match name {
            Name::Text => "a\"b".into(),
            Name::Own(index) => format!("own{index}").into(),
            _ => "v".into(),
        };
        let upper = |text: &str| text.to_uppercase();
        Pattern::parse(text, &["key", "from"]).unwrap().fill(value, upper)
    }

    #[test]
    fn placeholders_are_filled_and_doubled_braces_are_braces() {
        for (text, want) in [
            ("", ""),
            ("a {text} z", "a A\"B z"),
            ("{to}{from}", "VOWN1"),
            ("{{to}} {{{key}}}", "{to} {OWN0}"),
            ("}a{{", "}a{"),
            ("a=1&b=2", "a=1&b=2"),
        ] {
            assert_eq!(filled(text), want, "{text}");
        }
    }

    #[test]
    fn an_unknown_placeholder_is_named_and_no_other_text_is() {
        let refused = |text| Pattern::parse(text, &["key"]).unwrap_err();
        assert!(
            refused("x {tex} y").starts_with("free of the placeholder {tex}, which is unknown")
        );
        assert!(refused("{tex}").contains("to_digits") && refused("{tex}").contains("key"));
        for text in ["{", "{}", "{S3cret-Value}", "a{b", "{\"a\":\"s3cret\"}", "{to", "{to }"] {
            assert!(refused(text).starts_with("a text in which each {"), "{text}");
        }
    }

    #[test]
    fn an_own_name_is_new_and_plain() {
        for name in ["key", "api_key2", "from"] {
            assert!(is_own_name(name), "{name}");
        }
        for name in ["", "to", "Key", "a-b", "a.b", "é", &"a".repeat(33)] {
            assert!(!is_own_name(name), "{name}");
        }
    }
}
