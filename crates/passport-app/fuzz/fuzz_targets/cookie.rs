//! Any `Cookie` field must give the values that a plain reading of RFC 6265 §5.4 gives, and each value
//! must be refused as a token, or be the one form of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passport_auth::CarriedTicket;
use passport_session::SessionToken;

#[path = "../../src/http/cookies/pairs.rs"]
mod pairs;

/// Short, so that most inputs have pairs of the name and of similar ones.
const NAME: &str = "n";

/// The pairs of `field` with their names, one byte after the other.
fn plain(field: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut pairs = vec![Vec::new()];
    for &byte in field {
        if byte == b';' {
            pairs.push(Vec::new());
        } else {
            pairs.last_mut().expect("never empty").push(byte);
        }
    }
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let named = pairs.into_iter().filter_map(|mut pair| {
        while pair.first().is_some_and(is_space) {
            pair.remove(0);
        }
        while pair.last().is_some_and(is_space) {
            pair.pop();
        }
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        Some((pair[..equals].to_vec(), pair[equals + 1..].to_vec()))
    });
    named.collect()
}

fuzz_target!(|fields: Vec<Vec<u8>>| {
    let read: Vec<_> = pairs::values(fields.iter().map(Vec::as_slice), NAME).collect();
    let plain = fields.iter().flat_map(|field| plain(field));
    let plain: Vec<_> = plain.filter(|(name, _)| name == NAME.as_bytes()).collect();
    assert_eq!(read, plain.iter().map(|(_, value)| value.as_slice()).collect::<Vec<_>>());
    for text in fields.iter().filter_map(|field| std::str::from_utf8(field).ok()) {
        if let Ok(token) = text.parse::<SessionToken>() {
            assert_eq!(token.expose(), text);
        }
        if let Ok(ticket) = text.parse::<CarriedTicket>() {
            assert_eq!(ticket.expose(), text);
        }
    }
});
