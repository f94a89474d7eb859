use passport_sms_client::Class::{self, BadRecipient, Content, Transient};

use crate::kit::carriers::{CarrierRow, class_of};

/// The class of the `errmsg` of a report.
pub(super) fn of_receipt(code: &str) -> Class {
    class_of(CARRIERS, code)
}

/// The words of “Status Code” in tencentcloud.com/document/product/382/35462, and the numbers of
/// “状态回执错误码” in cloud.tencent.com/document/product/382/3771 that all three carriers of the mainland
/// share. Codes of a single carrier are left out.
const CARRIERS: &[CarrierRow] = &[
    // Switched off or out of service; too long in transit; refused by the phone; a broken
    // connection to the carrier.
    (Transient, &["UNDELIV", "EXPIRED", "DELETED", "COMFAIL", "WTNFAIL", "002"]),
    (BadRecipient, &["SUBFAIL"]),
    // Forbidden or unregistered words.
    (Content, &["REJECTD", "-106"]),
];

#[cfg(test)]
mod tests {
    use passport_sms_client::Class::UnknownCode;

    use super::*;

    #[test]
    fn every_documented_code_of_a_receipt_has_its_class() {
        for (class, codes) in [
            (Transient, "UNDELIV EXPIRED DELETED COMFAIL WTNFAIL 002"),
            (BadRecipient, "SUBFAIL"),
            (Content, "REJECTD -106"),
            (UnknownCode, "UNKNOWN DELIVRD MBBLACK MK:0001 2"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(of_receipt(code), class, "{code}");
            }
        }
        assert_eq!(of_receipt(""), UnknownCode);
    }
}
