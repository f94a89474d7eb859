//! Any text must be refused, or be a number in E.164 that is read again as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passport_user::PhoneNumber;

fuzz_target!(|text: &str| {
    let Ok(number) = text.parse::<PhoneNumber>() else { return };
    let e164 = number.as_e164();
    let digits = e164.strip_prefix('+').expect("E.164 begins with a plus");
    assert!(digits.len() <= 15 && digits.bytes().all(|it| it.is_ascii_digit()), "{e164}");
    assert_eq!(e164.parse::<PhoneNumber>().as_ref(), Ok(&number));
    assert!(!number.masked().contains(digits));
});
