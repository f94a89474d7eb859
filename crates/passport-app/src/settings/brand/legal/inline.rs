//! Words within a line: strong ones and links.

/// The text as HTML, with `**strong**` words and `[links](https://…)`.
pub(super) fn inline(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '[']) {
        html += &escaped(&rest[..at]);
        rest = &rest[at..];
        let (found, after) = strong(rest).or_else(|| link(rest)).unwrap_or_else(|| {
            let (sign, after) = rest.split_at(1);
            (sign.to_owned(), after)
        });
        html += &found;
        rest = after;
    }
    html + &escaped(rest)
}

/// `**words**`
fn strong(text: &str) -> Option<(String, &str)> {
    let (words, rest) = text.strip_prefix("**")?.split_once("**")?;
    let is_tight = !words.is_empty() && words.trim() == words;
    is_tight.then(|| (format!("<strong>{}</strong>", escaped(words)), rest))
}

/// `[words](address)`, where the address has an allowed scheme or is a path.
fn link(text: &str) -> Option<(String, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, rest) = rest.split_once(')')?;
    let is_plain = !words.is_empty() && !words.contains(['[', ']']);
    let html = format!(r#"<a href="{}">{}</a>"#, escaped(address), escaped(words));
    (is_plain && is_address(address)).then_some((html, rest))
}

/// Whether a link may lead there: `https:`, `mailto:`, `tel:`, a path or a place of the same page.
fn is_address(text: &str) -> bool {
    let is_visible = text.bytes().all(|it| it.is_ascii_graphic());
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    let has_scheme = ["https://", "mailto:", "tel:", "#"].iter().any(|it| text.starts_with(it));
    is_visible && (is_path || has_scheme)
}

/// The text without characters that HTML gives a meaning.
pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut html, it| {
        match it {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            it if it.is_control() && it != '\t' => html.push(char::REPLACEMENT_CHARACTER),
            it => html.push(it),
        }
        html
    })
}
