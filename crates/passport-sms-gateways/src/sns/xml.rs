use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

/// The name of a document's root, and the texts of its elements that contain only text, by name.
/// `None` if the document is malformed, incomplete, or repeats an element.
pub(super) fn read(document: &[u8]) -> Option<(String, BTreeMap<String, String>)> {
    let mut reader = Reader::from_reader(document);
    let mut open: Vec<String> = Vec::new();
    let mut root = None;
    let mut texts = BTreeMap::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                let name = String::from_utf8(tag.local_name().as_ref().to_vec()).ok()?;
                if open.is_empty() && root.replace(name.clone()).is_some() {
                    return None;
                }
                open.push(name);
                text.clear();
            }
            Event::Text(part) => text += &part.decode().ok()?,
            Event::GeneralRef(reference) => {
                let name = reference.decode().ok()?;
                match reference.resolve_char_ref().ok()? {
                    Some(c) => text.push(c),
                    None => text += quick_xml::escape::resolve_predefined_entity(&name)?,
                }
            }
            Event::End(_) => {
                let name = open.pop()?;
                let said = std::mem::take(&mut text);
                if !said.trim().is_empty() && texts.insert(name, said).is_some() {
                    return None;
                }
            }
            Event::Decl(_) | Event::Comment(_) | Event::Empty(_) => {}
            Event::Eof => break,
            // Parts that answers of SNS do not have, above all document types.
            Event::CData(_) | Event::PI(_) | Event::DocType(_) => return None,
        }
    }
    if open.is_empty() { Some((root?, texts)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_texts_of_a_whole_document() {
        let (root, texts) = read(
            b"<?xml version=\"1.0\"?><A xmlns=\"http://x/\"><B>\n <C>1 &amp; &#50;</C>\n </B><D/><E>3</E></A>",
        )
        .unwrap();
        assert_eq!(root, "A");
        let texts: Vec<_> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
        assert_eq!(texts, [("C", "1 & 2"), ("E", "3")]);
    }

    #[test]
    fn refuses_malformed_documents() {
        for text in [
            "",
            "text",
            "<A>",
            "<A><B>1</A>",
            "<A></B>",
            "<A>1</A><A>2</A>",
            "<A><B>1</B><B>2</B></A>",
            "<A>&other;</A>",
            "<!DOCTYPE A [<!ENTITY x \"y\">]><A>&x;</A>",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
