use passport_sms_client::Class::{
    self, BadRecipient, Config, Content, RecipientBlocked, RecipientThrottled, Transient,
    UnknownCode, UnsupportedDestination,
};

use crate::kit::carriers::{CarrierRow, class_of};

/// The class of the `status` of a report.
pub(super) fn of_receipt(code: &str) -> Class {
    class_of(CARRIERS, code)
}

/// Whether a report with that code means that the message was not delivered.
pub(super) fn is_failure(code: &str) -> bool {
    of_receipt(code) != UnknownCode
}

/// “状态回执错误码” in support.huaweicloud.com/api-msgsms/sms_05_0051.html and its international edition,
/// without codes whose meaning depends on the carrier. `UNDELIV`, `REJECTD` and `DELETED` have many
/// causes, an opt-out among them, so they are left out.
const CARRIERS: &[CarrierRow] = &[
    // Switched off for long; a timeout of the connection to the carrier.
    (Transient, &["EXPIRED", "TIMEOUT"]),
    // Unassigned, switched off or suspended, in one code.
    (BadRecipient, &["2:12"]),
    // Opted out or complained; messages barred.
    (RecipientBlocked, &["BLACK", "MBBLACK", "TDBLACK", "TSBLACK", "2:24", "2:70"]),
    // Too many messages to the number in a minute or a day.
    (RecipientThrottled, &["MILIMIT", "LIMIT", "BEYONDN", "CTLIMIT"]),
    // Forbidden words; an invalid verification code.
    (Content, &["KEYWORD", "E200051"]),
    // Abroad without being enabled, or outside the channel's area.
    (UnsupportedDestination, &["E200024", "E200025", "E200026", "E000628"]),
    // The channel belongs to another application; no route configured, no template, or the package
    // of messages used up.
    (Config, &["E200018", "E200027", "E200032", "E000629"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_of_a_receipt_has_its_class() {
        for (class, codes) in [
            (Transient, "EXPIRED TIMEOUT"),
            (BadRecipient, "2:12"),
            (RecipientBlocked, "BLACK MBBLACK TDBLACK TSBLACK 2:24 2:70"),
            (RecipientThrottled, "MILIMIT LIMIT BEYONDN CTLIMIT"),
            (Content, "KEYWORD E200051"),
            (UnsupportedDestination, "E200024 E200025 E200026 E000628"),
            (Config, "E200018 E200027 E200032 E000629"),
            (UnknownCode, "UNDELIV REJECTD DELETED DELIVRD UNKNOWN 2:99"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(of_receipt(code), class, "{code}");
            }
        }
        assert_eq!(of_receipt(""), UnknownCode);
    }
}
