//! The header field `Forwarded` (RFC 7239), read from its right end.

use std::net::IpAddr;

use super::node;

/// The elements of a field, right-most first.
///
/// The last proxy appends its element at the right, so the left part may come from the client and may
/// have any form. Commas in quoted strings are therefore found from the right too: a quotation mark
/// that the client opens and does not close cannot take in the element of the proxy.
pub(super) fn elements(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(field);
    std::iter::from_fn(move || {
        let field = rest?;
        let cut = last_outside_quotes(field, b',');
        rest = cut.map(|at| &field[..at]);
        Some(cut.map_or(field, |at| &field[at + 1..]))
    })
}

/// The last `separator` of `bytes` that is not in a quoted string, read from the right.
fn last_outside_quotes(bytes: &[u8], separator: u8) -> Option<usize> {
    let mut is_quoted = false;
    for (at, byte) in bytes.iter().enumerate().rev() {
        if *byte == b'"' {
            let escapes = bytes[..at].iter().rev().take_while(|it| **it == b'\\').count();
            is_quoted ^= !is_quoted || escapes % 2 == 0;
        } else if *byte == separator && !is_quoted {
            return Some(at);
        }
    }
    None
}

/// The address in the parameter `for` of an element. An element without it or with several names no
/// address.
pub(super) fn address(element: &[u8]) -> Option<IpAddr> {
    let mut rest = Some(element);
    let mut found = None;
    while let Some(pairs) = rest {
        let cut = last_outside_quotes(pairs, b';');
        let pair = cut.map_or(pairs, |at| &pairs[at + 1..]);
        rest = cut.map(|at| &pairs[..at]);
        let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
        let (name, value) = (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"for") && found.replace(value).is_some() {
            return None;
        }
    }
    node::address(&unquoted(found?)?)
}

/// The value of a token or of a quoted string.
fn unquoted(value: &[u8]) -> Option<Vec<u8>> {
    let Some(value) = value.strip_prefix(b"\"") else { return Some(value.to_vec()) };
    let mut bytes = value.strip_suffix(b"\"")?.iter();
    let mut text = Vec::new();
    while let Some(byte) = bytes.next() {
        text.push(if *byte == b'\\' { *bytes.next()? } else { *byte });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses of the elements, right-most first; `-` for none.
    fn read(field: &str) -> Vec<String> {
        let read = elements(field.as_bytes()).map(address);
        read.map(|address| address.map_or("-".to_owned(), |it| it.to_string())).collect()
    }

    #[test]
    fn w11_the_examples_of_the_rfc_are_read() {
        assert_eq!(read("for=\"_gazonk\""), ["-"]);
        assert_eq!(read("For=\"[2001:db8:cafe::17]:4711\""), ["2001:db8:cafe::17"]);
        assert_eq!(read("for=192.0.2.60;proto=http;by=203.0.113.43"), ["192.0.2.60"]);
        let two = ["198.51.100.17", "192.0.2.43"];
        assert_eq!(read("for=192.0.2.43, for=198.51.100.17"), two);
        assert_eq!(read("for=_hidden, for=_SEVKISEK"), ["-", "-"]);
    }

    #[test]
    fn w11_other_forms_that_proxies_write_are_read() {
        for field in [
            "proto=https;for=192.0.2.43",
            "host=\"a;for=1.1.1.1,b\";FOR=192.0.2.43",
            "for=\"192.0.2.43:80\" ; proto=https",
            "for=192.0.2.43:80",
            ";for=192.0.2.43;",
            "for=\"1\\92.0.2.43\"",
        ] {
            assert_eq!(read(field), ["192.0.2.43"], "{field}");
        }
        for field in ["proto=https", "", "for", "for=", "for=unknown", "for=1.1.1.1;for=2.2.2.2"] {
            assert_eq!(read(field), ["-"], "{field}");
        }
    }

    #[test]
    fn w11_what_a_client_sent_cannot_take_in_the_element_of_the_proxy() {
        for sent in [
            "for=\"x",
            "\"",
            "for=\"x\\",
            "\"\\\"",
            "for=\"a,b",
            ",,",
            "\\\"",
            "\"\"\"",
            "for=\"\\\"\\\"",
        ] {
            for own in ["for=192.0.2.43", "for=\"[2001:db8::1]:80\";proto=https"] {
                let first = read(&format!("{sent}, {own}")).remove(0);
                assert_eq!(first, read(own).remove(0), "{sent}");
                assert!(first != "-");
            }
        }
    }
}
