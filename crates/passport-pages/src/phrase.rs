//! Texts with elements in them.

use maud::{Markup, PreEscaped, html};

/// `text` with elements in its placeholders: `{name}` becomes the element of `name`.
pub(crate) fn phrase(text: &str, values: &[(&str, &Markup)]) -> Markup {
    let mut pieces = text.split('{');
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| {
        let (name, after) = piece.split_once('}').unwrap_or(("", piece));
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        html! { @if let Some(value) = value { (value) } (after) }
    });
    PreEscaped(rest.fold(html! { (first) }.into_string(), |whole, it| whole + &it.into_string()))
}

/// `text` with what stands between backticks as code.
pub(crate) fn with_code(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_elements_and_texts_are_escaped() {
        let bold = html! { b { "x<y" } };
        assert_eq!(
            phrase("1 < {a}, {a} & more", &[("a", &bold)]).into_string(),
            "1 &lt; <b>x&lt;y</b>, <b>x&lt;y</b> &amp; more"
        );
        assert_eq!(phrase("", &[]).into_string(), "");
    }

    #[test]
    fn backticks_become_code() {
        let html = with_code("a `b<c>` & `d`.").into_string();
        assert_eq!(html, "a <code>b&lt;c&gt;</code> &amp; <code>d</code>.");
    }
}
