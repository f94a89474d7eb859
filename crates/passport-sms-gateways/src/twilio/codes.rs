use passport_sms_client::Class::{
    self, AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked, Transient,
    UnknownCode, UnsupportedDestination,
};
use passport_sms_client::Scope::{Account, Number, Region};

use crate::kit::verdict::{Verdict, about, rejected};

/// The verdict of an error code, if it is known. Codes of receipts are known here too.
pub(super) fn of_error(code: u32) -> Option<Verdict> {
    let known = ERRORS.iter().find(|(codes, _)| codes.contains(&code));
    known.map(|(_, verdict)| *verdict).or_else(|| match of_receipt(&code.to_string()) {
        UnknownCode => None,
        class => Some(rejected(class)),
    })
}

/// The verdict of a status from 400 to 499 with an unknown code. Twilio recommends to go by the status.
pub(super) fn of_status(status: u16) -> Verdict {
    match status {
        401 => about(Account, Config),
        403 | 404 => rejected(Config),
        _ => Verdict::UNLISTED,
    }
}

const ERRORS: &[(&[u32], Verdict)] = &[
    // The rolling daily cap, whose end is not stated; the sender's full queue.
    (&[63_038, 21_611], rejected(AccountThrottled)),
    // Invalid number, not a mobile, a landline.
    (&[21_211, 21_217, 21_614, 21_635], rejected(BadRecipient)),
    // The user opted out.
    (&[21_610], rejected(RecipientBlocked)),
    // A region that is not enabled.
    (&[21_408], about(Region, UnsupportedDestination)),
    // No route from this sender to this number.
    (&[21_612], rejected(UnsupportedDestination)),
    (&[21_602, 21_603, 21_604, 21_609, 21_617], rejected(BadRequest)),
    // The sender cannot reach this number; a trial account sends to verified numbers only.
    (&[21_606, 21_608], about(Number, Config)),
    // The sender, which a messaging service chooses by country; a registration in one country.
    (&[21_659, 21_660, 21_661, 30_034], about(Region, Config)),
    // Credentials, an account that is not active, a wrong account.
    (&[20_003, 20_005, 20_404, 30_002], about(Account, Config)),
];

/// The class of a code in a receipt.
pub(super) fn of_receipt(code: &str) -> Class {
    let Ok(code) = code.parse::<u32>() else { return UnknownCode };
    let known = RECEIPTS.iter().find(|(codes, _)| codes.contains(&code));
    known.map_or(UnknownCode, |(_, class)| *class)
}

type Row = (&'static [u32], Class);

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
