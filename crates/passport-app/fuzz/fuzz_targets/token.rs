//! Any text must be refused, or be the one form of a token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passport_session::SessionToken;

fuzz_target!(|text: &str| {
    if let Ok(token) = text.parse::<SessionToken>() {
        assert_eq!(token.expose(), text);
    }
});
