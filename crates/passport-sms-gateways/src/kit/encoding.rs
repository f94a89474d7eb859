//! Encodings of queries and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The text in the encoding of RFC 3986: UTF-8, upper-case hexadecimal, a space as `%20`.
pub fn percent(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `application/x-www-form-urlencoded`: like [`percent`], but with a plus for a space.
pub fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    join(pairs, |text| percent(text).replace("%20", "+"))
}

/// A query sorted by the bytes of the names, as signatures require it.
pub fn sorted_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable();
    join(pairs, percent)
}

fn join<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    encode: impl Fn(&str) -> String,
) -> String {
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_every_reserved_character() {
        assert_eq!(
            percent("a b+c&d=e%f*g~h/i:é-_."),
            "a%20b%2Bc%26d%3De%25f%2Ag~h%2Fi%3A%C3%A9-_."
        );
        assert_eq!(form([("a b", "c d"), ("e", "+")]), "a+b=c+d&e=%2B");
        assert_eq!(sorted_query([("b", "2 "), ("B", ""), ("a", "1")]), "B=&a=1&b=2%20");
    }
}
