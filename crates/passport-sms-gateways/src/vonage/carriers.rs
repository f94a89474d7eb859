use passport_sms_client::Class::{
    self, BadRecipient, BadRequest, Content, RecipientBlocked, Transient, UnsupportedDestination,
};

use crate::kit::carriers::{CarrierRow, class_of};

/// The class of the `err-code` of a receipt.
pub(super) fn of_receipt(code: &str) -> Class {
    class_of(CARRIERS, code)
}

/// “DLR error codes” in developer.vonage.com/messaging/sms/guides/delivery-receipts, explained in
/// article 204014733 of api.support.vonage.com. 1, 95 and 99 have no meaning.
const CARRIERS: &[CarrierRow] = &[
    // Switched off, busy, a network failure: “retry”.
    (Transient, &["2", "7", "8"]),
    // The number is not active any more.
    (BadRecipient, &["3"]),
    // Barred by the user; opted out; too young; not enabled by the carrier; no credit to receive
    // messages.
    (RecipientBlocked, &["4", "9", "13", "14", "15"]),
    // A spam filter.
    (Content, &["6"]),
    (BadRequest, &["10"]),
    // A ported number that is not found, no suitable route, no route.
    (UnsupportedDestination, &["5", "11", "12"]),
];

#[cfg(test)]
mod tests {
    use passport_sms_client::Class::UnknownCode;

    use super::*;

    #[test]
    fn every_documented_code_of_a_receipt_has_its_class() {
        for (class, codes) in [
            (Transient, "2 7 8"),
            (BadRecipient, "3"),
            (RecipientBlocked, "4 9 13 14 15"),
            (Content, "6"),
            (BadRequest, "10"),
            (UnsupportedDestination, "5 11 12"),
            (UnknownCode, "0 1 95 99 02 x"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(of_receipt(code), class, "{code}");
            }
        }
        assert_eq!(of_receipt(""), UnknownCode);
    }
}
