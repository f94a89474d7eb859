//! Terms and privacy policies: plain text, or a small part of Markdown. Every character of the file is
//! escaped, so that a file cannot bring markup of its own into a page.

mod inline;

use inline::{escaped, inline};

/// Largest text.
pub(super) const MOST_BYTES: usize = 512 * 1024;

/// A legal text, ready for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    title: Option<String>,
    html: String,
}

/// How a file of legal text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LegalFormat {
    /// Paragraphs with blank lines between.
    Plain,
    /// Also headings, lists, strong words and links.
    Markdown,
}

impl LegalFormat {
    pub(super) fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "txt" => Some(Self::Plain),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

impl LegalText {
    /// The text of a file. The error says what is wrong with the file.
    pub(super) fn read(format: LegalFormat, bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err(format!("has {} bytes, but may have at most {MOST_BYTES}", bytes.len()));
        }
        let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8: save it as UTF-8")?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
        if text.trim().is_empty() {
            return Err("is empty".to_owned());
        }
        Ok(match format {
            LegalFormat::Plain => Self { title: None, html: plain(&text) },
            LegalFormat::Markdown => markdown(&text),
        })
    }

    /// The heading with which the file begins, as text.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The rest of the text as HTML: `h2` to `h4`, `p`, `br`, `ul`, `ol`, `li`, `strong` and `a`. Nothing
    /// in it is markup that the file wrote.
    pub fn html(&self) -> &str {
        &self.html
    }
}

/// Paragraphs, whose lines are kept.
fn plain(text: &str) -> String {
    let blocks = blocks(text);
    let paragraph = |lines: &Vec<&str>| {
        let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
        format!("<p>{}</p>\n", lines.join("<br>\n"))
    };
    blocks.iter().map(paragraph).collect()
}

/// The lines between blank lines.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().map(str::trim_end);
    let mut blocks = vec![Vec::new()];
    for line in lines {
        match (line.trim().is_empty(), blocks.last_mut()) {
            (false, Some(block)) => block.push(line),
            _ => blocks.push(Vec::new()),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// A line of Markdown by what it begins.
enum Line<'a> {
    Heading(usize, &'a str),
    Item(List, &'a str),
    Text(&'a str),
}

#[derive(Clone, Copy)]
enum List {
    Bullets,
    /// From that number on.
    Numbers(u16),
}

fn markdown(text: &str) -> LegalText {
    let (mut title, mut html) = (None, String::new());
    for block in blocks(text) {
        let mut page = Page::default();
        for line in block {
            match kind(line) {
                Line::Heading(1, text) if title.is_none() && html.is_empty() && page.is_empty() => {
                    title = Some(text.to_owned());
                }
                Line::Heading(level, text) => page.heading(level, text),
                Line::Item(list, text) => page.item(list, text),
                Line::Text(text) => page.text(text),
            }
        }
        html += &page.finish();
    }
    LegalText { title, html }
}

fn kind(line: &str) -> Line<'_> {
    let text = line.trim();
    let level = text.len() - text.trim_start_matches('#').len();
    if let (1..=6, Some(rest)) = (level, text[level..].strip_prefix(' ')) {
        return Line::Heading(level, rest.trim());
    }
    if let Some(rest) = ["- ", "* ", "+ "].iter().find_map(|it| text.strip_prefix(it)) {
        return Line::Item(List::Bullets, rest.trim());
    }
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let number = text[..digits].parse().ok().filter(|_| digits <= 3);
    match (number, text[digits..].strip_prefix(". ")) {
        (Some(number), Some(rest)) => Line::Item(List::Numbers(number), rest.trim()),
        _ => Line::Text(text),
    }
}

/// The blocks of a page, of which the last is open.
#[derive(Default)]
struct Page {
    html: String,
    list: Option<&'static str>,
    open: String,
}

impl Page {
    fn is_empty(&self) -> bool {
        self.html.is_empty() && self.open.is_empty()
    }

    fn add(&mut self, html: &str) {
        self.html.push_str(html);
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.close_list();
        // The page has the first level itself.
        let level = level.clamp(1, 3) + 1;
        self.add(&format!("<h{level}>{}</h{level}>\n", inline(text)));
    }

    fn item(&mut self, list: List, text: &str) {
        let name = if matches!(list, List::Bullets) { "ul" } else { "ol" };
        if self.list == Some(name) {
            self.close_text();
        } else {
            self.close_list();
            let start = match list {
                // Items with blank lines between are lists of their own, which count on.
                List::Numbers(number) if number != 1 => format!("<ol start=\"{number}\">\n"),
                _ => format!("<{name}>\n"),
            };
            self.add(&start);
            self.list = Some(name);
        }
        text.clone_into(&mut self.open);
    }

    /// Continues the item or the paragraph.
    fn text(&mut self, text: &str) {
        let is_wide = |it: Option<char>| it.is_some_and(|it| u32::from(it) >= 0x2e80);
        let needs_space = !(is_wide(self.open.chars().last()) && is_wide(text.chars().next()));
        if !self.open.is_empty() && needs_space {
            self.open.push(' ');
        }
        self.open += text;
    }

    fn close_text(&mut self) {
        let text = std::mem::take(&mut self.open);
        if text.is_empty() {
            return;
        }
        let tag = if self.list.is_some() { "li" } else { "p" };
        self.add(&format!("<{tag}>{}</{tag}>\n", inline(&text)));
    }

    fn close_list(&mut self) {
        self.close_text();
        if let Some(list) = self.list.take() {
            self.add(&format!("</{list}>\n"));
        }
    }

    fn finish(mut self) -> String {
        self.close_list();
        self.html
    }
}

#[cfg(test)]
mod tests;
