use passport_sms_client::Class::{
    self, AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked, Transient,
    UnknownCode, UnsupportedDestination,
};

/// The class of an error code, if it is known.
pub(super) fn of_error(code: u32) -> Option<Class> {
    ERRORS.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, class)| *class)
}

/// The class of a status from 400 to 499 with an unknown code, as Twilio recommends.
pub(super) fn of_status(status: u16) -> Class {
    match status {
        401 | 403 | 404 => Config,
        _ => BadRequest,
    }
}

type Row = (&'static [u32], Class);

const ERRORS: &[Row] = &[
    // The rolling daily cap, whose end is not stated; the sender's full queue.
    (&[63_038, 21_611], AccountThrottled),
    // Invalid number, not a mobile, a landline.
    (&[21_211, 21_217, 21_614, 21_635], BadRecipient),
    // The user opted out.
    (&[21_610], RecipientBlocked),
    // A region that is not enabled, no route.
    (&[21_408, 21_612], UnsupportedDestination),
    (&[21_602, 21_603, 21_604, 21_609, 21_617], BadRequest),
    // The sender cannot be used, a trial account, credentials, a wrong account.
    (&[21_606, 21_659, 21_660, 21_661, 21_608, 20_003, 20_005, 20_404], Config),
];

/// The class of a code in a receipt.
pub(super) fn of_receipt(code: &str) -> Class {
    let Ok(code) = code.parse::<u32>() else { return UnknownCode };
    let known = RECEIPTS.iter().find(|(codes, _)| codes.contains(&code));
    known.map_or(UnknownCode, |(_, class)| *class)
}

const RECEIPTS: &[Row] = &[
    // Switched off; unknown reason of the carrier; full queue; too long in a queue; carrier down.
    (&[30_003, 30_008, 30_001, 30_036, 30_410], Transient),
    // Unassigned, a landline.
    (&[30_005, 30_006], BadRecipient),
    // Blocked, or suspected of SMS pumping.
    (&[30_004, 30_450], RecipientBlocked),
    // Filtered by the carrier.
    (&[30_007], Content),
    (&[30_002, 30_034], Config),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_of_a_receipt_has_its_class() {
        for (class, codes) in [
            (Transient, "30003 30008 30001 30036 30410"),
            (BadRecipient, "30005 30006"),
            (RecipientBlocked, "30004 30450"),
            (Content, "30007"),
            (Config, "30002 30034"),
            (UnknownCode, "30009 0 x"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(of_receipt(code), class, "{code}");
            }
        }
        assert_eq!(of_receipt(""), UnknownCode);
    }
}
