use passport_sms_client::Class::{self, BadRecipient, Content, Transient};

use crate::kit::carriers::{CarrierRow, class_of};

/// The class of the `errmsg` of a report.
pub(super) fn of_receipt(code: &str) -> Class {
    class_of(CARRIERS, code)
}

/// The words from “Status Code” in tencentcloud.com/document/product/382/35462, the numbers from
/// “状态回执错误码” in cloud.tencent.com/document/product/382/3771, as far as all three carriers of the
/// mainland share them. What a single carrier says is not here.
const CARRIERS: &[CarrierRow] = &[
    // Switched off or out of service; too long on the way; a telephone that did not take it; a
    // broken or shaky connection to the carrier.
    (Transient, &["UNDELIV", "EXPIRED", "DELETED", "COMFAIL", "WTNFAIL", "002"]),
    (BadRecipient, &["SUBFAIL"]),
    // Words that are forbidden or were not registered.
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
