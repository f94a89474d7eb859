//! TOML: of the file, and of arrays in a text.

use config::{Config, ConfigError, File, FileFormat, Value, ValueKind};

pub(super) fn toml(text: &str) -> Result<Value, ConfigError> {
    let source = File::from_str(text, FileFormat::Toml);
    Config::builder().add_source(source).build().map(|config| config.cache)
}

/// A value that is neither a table nor an array, as text.
pub(super) fn scalar(value: Value) -> Option<String> {
    value.into_string().ok()
}

/// The items of an array that is written as in the file, such as `["a", "b"]`; `None` for every other
/// text.
pub(super) fn array(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if !(text.starts_with('[') && text.ends_with(']')) {
        return None;
    }
    let ValueKind::Table(mut table) = toml(&format!("list = {text}")).ok()?.kind else {
        return None;
    };
    match (table.remove("list")?.kind, table.is_empty()) {
        (ValueKind::Array(items), true) => items.into_iter().map(scalar).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::array;

    #[test]
    fn w13_an_array_in_a_text_is_read_as_in_the_file() {
        let items = |text| array(text).map(|items| items.join("|"));
        for (text, expected) in [
            (r#"["a", "b"]"#, "a|b"),
            (r#" [ "a" , 'b,c' , ] "#, "a|b,c"),
            (r#"["\u00e9"]"#, "é"),
            ("[]", ""),
            ("[\n  \"a\",\n]", "a"),
            ("[1, true]", "1|true"),
        ] {
            assert_eq!(items(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "a,b", "[a]", "[::1]", "[", "[]\nx = []", r#"["a"],["b"]"#, r#"[["a"]]"#] {
            assert_eq!(items(text), None, "{text}");
        }
    }
}
