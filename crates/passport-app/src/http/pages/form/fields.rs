//! The grammar of `application/x-www-form-urlencoded`, read strictly.

use std::collections::HashSet;

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

/// Most fields of a form. The largest form has ten.
const MOST: usize = 64;

/// The fields of a form. `None` if a name occurs twice, or a name or a value is not UTF-8: a lenient
/// reader would choose one, or replace bytes, and the person would not know.
pub(super) fn parse(body: &[u8]) -> Option<Vec<(String, Zeroizing<String>)>> {
    let mut fields = Vec::new();
    let mut names = HashSet::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (text(&pair[..at])?, text(pair.get(at + 1..).unwrap_or_default())?);
        if fields.len() == MOST || !names.insert(name.as_str().to_owned()) {
            return None;
        }
        fields.push((name.as_str().to_owned(), value));
    }
    Some(fields)
}

fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let spaced: Vec<u8> = bytes.iter().map(|it| if *it == b'+' { b' ' } else { *it }).collect();
    let spaced = Zeroizing::new(spaced);
    let decoded = percent_decode(&spaced).decode_utf8().ok()?;
    Some(Zeroizing::new(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8]) -> Option<Vec<(String, String)>> {
        let fields = parse(body)?;
        Some(fields.into_iter().map(|(name, value)| (name, value.as_str().to_owned())).collect())
    }

    #[test]
    fn names_and_values_are_decoded() {
        let body = "a=1+2%2B%E4%B8%AD&&b&c==&%64=";
        let expected = [("a", "1 2+中"), ("b", ""), ("c", "="), ("d", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read(body.as_bytes()), Some(expected.into()));
        assert_eq!(read(b""), Some(Vec::new()));
    }

    #[test]
    fn duplicates_and_other_bytes_are_refused() {
        let many = (0..65).map(|n| format!("{n}=")).collect::<Vec<_>>().join("&");
        for body in ["a=1&a=2", "a&%61", "a=%FF", "%C0%AF=1", many.as_str()] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read(b"a=\xff"), None);
        assert!(read(many.trim_end_matches("&64=").as_bytes()).is_some());
        assert_eq!(read(b"a=%zz").unwrap()[0].1, "%zz", "as browsers read it");
    }
}
