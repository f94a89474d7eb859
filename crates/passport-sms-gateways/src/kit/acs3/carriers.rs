use passport_sms_client::Class::{
    self, BadRecipient, Content, RecipientBlocked, RecipientThrottled, Transient, UnknownCode,
    UnsupportedDestination,
};

use crate::kit::acs3::sms_verdict;
use crate::kit::carriers::{CarrierRow, class_of};
use crate::kit::verdict::Verdict;

/// The class of a code in a report or in a row of `QuerySendDetails`: a code of a carrier, or one of
/// the platform, which answers have as well.
pub fn delivery_class(code: &str) -> Class {
    match sms_verdict(code, "") {
        Verdict::Rejected(class, ..) if class != UnknownCode => class,
        _ => class_of(CARRIERS, code),
    }
}

/// Section 2 of “SMS Send-Status Error Codes” in Alibaba Cloud's own skill
/// `alibabacloud-sms-send-short-message`, after the document 101347 of the provider's help. It has
/// neither `SP_UNKNOWN_ERROR`, whose meaning is unknown, nor raw codes of carriers such as `MK:0001`.
const CARRIERS: &[CarrierRow] = &[
    // Suspended, switched off or unassigned, in one code; the documented advice is not to send
    // again.
    (BadRecipient, &["MOBILE_NOT_ON_SERVICE", "MOBILE_ACCOUNT_ABNORMAL", "INVALID_NUMBER"]),
    (RecipientBlocked, &["MOBILE_IN_BLACK", "USER_REJECT"]),
    (RecipientThrottled, &["MOBILE_SEND_LIMIT"]),
    (Content, &["CONTENT_KEYWORD", "CONTENT_ERROR"]),
    // Out of coverage; too long in the carrier's queue.
    (Transient, &["MOBILE_TERMINAL_ERROR", "EXPIRED"]),
    (UnsupportedDestination, &["NO_ROUTE", "SP_NOT_BY_INTER_SMS"]),
];

#[cfg(test)]
mod tests {
    use passport_sms_client::Class::Config;

    use super::*;

    #[test]
    fn every_documented_code_of_a_receipt_has_its_class() {
        for (class, codes) in [
            (BadRecipient, "MOBILE_NOT_ON_SERVICE MOBILE_ACCOUNT_ABNORMAL INVALID_NUMBER"),
            (RecipientBlocked, "MOBILE_IN_BLACK USER_REJECT"),
            (RecipientThrottled, "MOBILE_SEND_LIMIT isv.BUSINESS_LIMIT_CONTROL"),
            (Content, "CONTENT_KEYWORD CONTENT_ERROR isv.SMS_CONTENT_ILLEGAL"),
            (Transient, "MOBILE_TERMINAL_ERROR EXPIRED isp.SYSTEM_ERROR"),
            (UnsupportedDestination, "NO_ROUTE SP_NOT_BY_INTER_SMS"),
            (Config, "isv.SMS_SIGNATURE_ILLEGAL"),
            (UnknownCode, "SP_UNKNOWN_ERROR MK:0001 UNDELIV DELIVERED OK"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(delivery_class(code), class, "{code}");
            }
        }
        assert_eq!(delivery_class(""), UnknownCode);
    }
}
