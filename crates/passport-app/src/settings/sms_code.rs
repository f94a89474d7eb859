use std::time::Duration;

use passport_codes::{CodeLength, CodePolicy};

use super::reader::Reader;

/// SMS codes.
#[derive(Debug, Clone)]
pub struct SmsCodeSettings {
    /// `sms_code.length`
    pub length: CodeLength,
    /// `sms_code.ttl` and `sms_code.tries`
    pub policy: CodePolicy,
    /// `sms_code.resend_after`
    pub resend_after: Duration,
}

impl SmsCodeSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let length = reader.number("sms_code.length", "6", CodeLength::MIN..=CodeLength::MAX);
        let ttl = reader.duration("sms_code.ttl", "300s", "60s"..="600s");
        let tries = reader.number("sms_code.tries", "5", 1..=CodePolicy::MAX_TRIES);
        let resend_after = reader.duration("sms_code.resend_after", "60s", "1s"..="1h");
        if resend_after > ttl {
            reader.warn(
                "sms_code.resend_after",
                "which is longer than sms_code.ttl: between the two a visitor has no valid code and \
                 cannot request one",
            );
        }
        Self {
            length: CodeLength::new(length).expect("length was read within bounds"),
            policy: CodePolicy::new(ttl, tries).expect("policy was read within bounds"),
            resend_after,
        }
    }
}
