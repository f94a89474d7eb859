//! A reader of the pages' HTML, which is regular: attributes have double quotation marks.

/// An element, or the end of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// Text between this tag and the next.
    pub(crate) text: String,
}

impl Tag {
    /// Value of an attribute; empty for one without a value.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").unwrap_or_default().split(' ').any(|it| it == class)
    }
}

/// The tags of a document. The name of an end begins with `/`.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let (mut tags, mut rest) = (Vec::new(), html);
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let name_end = rest.find([' ', '>', '\n']).expect("a tag ends");
        let (name, after) = rest.split_at(name_end);
        let (attributes, after) = attributes(after);
        let text = &after[..after.find('<').unwrap_or(after.len())];
        tags.push(Tag { name: name.to_owned(), attributes, text: unescape(text) });
        rest = after;
    }
    tags
}

/// The attributes at the beginning of `text`, and what follows the tag.
fn attributes(mut text: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix('>') {
            return (attributes, rest);
        }
        let end = text.find([' ', '=', '>']).expect("an attribute ends");
        let (name, rest) = text.split_at(end);
        if let Some(rest) = rest.strip_prefix("=\"") {
            let (value, rest) = rest.split_once('"').expect("a value ends");
            attributes.push((name.to_owned(), unescape(value)));
            text = rest;
        } else {
            attributes.push((name.to_owned(), String::new()));
            text = rest;
        }
    }
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}
