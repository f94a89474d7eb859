//! Texts of the document as HTML.

use maud::{Markup, html};

/// What stands between backticks is code.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

/// `sendCode` as part of an address: `send-code`.
pub(super) fn anchor(id: &str) -> String {
    id.chars().fold(String::new(), |mut anchor, character| {
        if character.is_ascii_uppercase() {
            anchor.push('-');
        }
        anchor.push(character.to_ascii_lowercase());
        anchor
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_html() {
        assert_eq!(prose("a `b<c>` & d.").into_string(), "a <code>b&lt;c&gt;</code> &amp; d.");
        assert_eq!(prose("").into_string(), "");
        assert_eq!(anchor("sendCode"), "send-code");
    }
}
