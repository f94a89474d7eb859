//! Text for a terminal: what others chose must not control it.

use std::fmt::Write;

use serde::Serialize;

/// `text` with escapes for the characters that end lines, control a terminal, or are not seen and
/// change the order of others.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\\' => shown.push_str("\\\\"),
            it if is_hidden(it) => {
                // Writing to a string cannot fail.
                _ = write!(shown, "\\u{{{:x}}}", u32::from(it));
            }
            it => shown.push(it),
        }
    }
    shown
}

/// One line of JSON, in which these characters are escaped, too: JSON itself escapes only those below
/// U+0020.
pub(super) fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(escape_json(&serde_json::to_string(value)?))
}

/// JSON on several lines.
pub(super) fn json_document(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(escape_json(&serde_json::to_string_pretty(value)?))
}

/// Outside of its strings JSON has none of the characters. Its own line breaks stay.
fn escape_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !is_hidden(character) {
            shown.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const HOSTILE: &str =
        "a\r\nb\tc\u{1b}[31m\u{9b}2J\u{7f}\u{202e}\u{200f}\u{2028}\u{feff}\u{e0041}\\王";

    #[test]
    fn api_4_no_text_controls_the_terminal() {
        let shown = printable(HOSTILE);
        assert_eq!(
            shown,
            "a\\r\\nb\\tc\\u{1b}[31m\\u{9b}2J\\u{7f}\\u{202e}\\u{200f}\\u{2028}\\u{feff}\\u{e0041}\\\\王"
        );
        assert!(!shown.chars().any(is_hidden));
    }

    #[test]
    fn api_4_json_is_escaped_and_says_the_same() {
        let value = json!({ HOSTILE: [HOSTILE] });
        for text in [json_line(&value).unwrap(), json_document(&value).unwrap()] {
            assert!(!text.chars().any(|it| it != '\n' && is_hidden(it)), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        assert!(!json_line(&value).unwrap().contains('\n'));
    }
}
