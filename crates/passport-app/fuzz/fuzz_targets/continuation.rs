//! No text that was not issued opens as a continuation, whatever part of an issued one it has; any text is
//! refused as the id of a code, or is the one form of it.
#![no_main]
#![allow(dead_code, reason = "a part of the module is used")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use passport_codes::Binding;
use passport_session::Method;
use passport_user::User;
use time::{OffsetDateTime, macros::datetime};

/// The operations of the key are private to its crate, so the file is compiled here.
#[path = "../../../passport-auth/src/continuation.rs"]
mod continuation;

use continuation::{Continuation, ContinuationKey};

const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

fn is_open(key: &ContinuationKey, text: &str) -> bool {
    text.parse::<Continuation>().is_ok_and(|it| key.open(&it, NOW).is_some())
}

fuzz_target!(|bytes: &[u8]| {
    let key = ContinuationKey::new([7; 32]);
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(!is_open(&key, text), "{text}");
        if let Ok(id) = text.parse::<Binding>() {
            assert_eq!(id.expose(), text);
        }
    }
    assert!(!is_open(&key, &URL_SAFE_NO_PAD.encode(bytes)));

    let phone = "13800138000".parse().expect("it is a number");
    let issued = key.issue(&User::new(phone, None, NOW), Method::Password.into(), NOW);
    let mut changed = URL_SAFE_NO_PAD.decode(issued.expose()).expect("it is base64url");
    changed.iter_mut().zip(bytes).for_each(|(byte, change)| *byte ^= change);
    changed.extend(bytes.iter().skip(62));
    let text = URL_SAFE_NO_PAD.encode(&changed);
    assert_eq!(is_open(&key, &text), text == issued.expose(), "{text}");
});
