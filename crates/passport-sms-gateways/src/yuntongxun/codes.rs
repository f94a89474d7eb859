use std::ops::RangeInclusive;

use Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked,
    RecipientThrottled, Transient, UnsupportedDestination,
};
use Scope::{Account, Number, Region};
use Wait::{Midnight, Seconds};
use passport_sms_client::{Class, Scope};

use crate::kit::verdict::{Verdict, Wait, about, ends, rejected};

/// The verdict of a `statusCode`. Codes have six digits; other texts are not in the table.
pub(super) fn verdict(code: &str) -> Verdict {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Verdict::UNLISTED;
    }
    let Ok(number) = code.parse::<u32>() else {
        return Verdict::UNLISTED;
    };
    TABLE
        .iter()
        .find(|(codes, _)| codes.contains(&number))
        .map_or(Verdict::UNLISTED, |(_, verdict)| *verdict)
}

type Row = (RangeInclusive<u32>, Verdict);

const fn one(code: u32, class: Class) -> Row {
    (code..=code, rejected(class))
}

const fn many(first: u32, last: u32, class: Class) -> Row {
    (first..=last, rejected(class))
}

const fn for_all(first: u32, last: u32) -> Row {
    (first..=last, about(Account, Config))
}

const fn only(code: u32, scope: Scope, class: Class) -> Row {
    (code..=code, about(scope, class))
}

const fn wait(code: u32, class: Class, wait: Wait) -> Row {
    (code..=code, ends(class, wait))
}

/// Every code that is documented or was observed. No two rows overlap.
const TABLE: &[Row] = &[
    (0..=0, Verdict::Accepted),
    // The same `reqId` was sent before.
    (160_054..=160_054, Verdict::Duplicate),
    // The number: malformed, not supported, empty.
    one(160_042, BadRecipient),
    one(160_013, BadRecipient),
    one(160_044, BadRecipient),
    one(112_306, BadRecipient),
    one(112_316, BadRecipient),
    one(112_319, BadRecipient),
    one(112_328, BadRecipient),
    // On a block list, unsubscribed, on lists of platforms and of complaints.
    one(160_034, RecipientBlocked),
    one(112_317, RecipientBlocked),
    one(160_051, RecipientBlocked),
    one(160_068, RecipientBlocked),
    many(160_072, 160_074, RecipientBlocked),
    // No permission for other countries, or not for this one.
    only(160_058, Region, UnsupportedDestination),
    only(160_061, Region, UnsupportedDestination),
    only(160_062, Region, UnsupportedDestination),
    one(160_070, UnsupportedDestination),
    // Codes too frequent, the limit per number: a minute is suggested, because the answer states no
    // time.
    wait(160_038, RecipientThrottled, Seconds(60)),
    wait(160_015, RecipientThrottled, Seconds(60)),
    // Caps of the day: the same template to a number, codes, notices.
    wait(160_039, RecipientThrottled, Midnight),
    wait(160_040, RecipientThrottled, Midnight),
    wait(160_041, RecipientThrottled, Midnight),
    wait(160_022, RecipientThrottled, Midnight),
    wait(112_314, RecipientThrottled, Midnight),
    // The same content to the same number; a fresh code is another content.
    one(160_021, RecipientThrottled),
    one(160_056, RecipientThrottled),
    // Concurrency and speed of the account, and of a channel, which serves some carriers. One to five
    // seconds are suggested; five always suffice.
    wait(111_111, AccountThrottled, Seconds(5)),
    (160_016..=160_016, Verdict::Rejected(AccountThrottled, Region, Seconds(5))),
    (161_006..=161_006, Verdict::Rejected(AccountThrottled, Region, Seconds(5))),
    // The content.
    one(160_011, Content),
    one(160_018, Content),
    one(160_033, Content),
    one(160_046, Content),
    one(160_049, Content),
    one(161_007, Content),
    // Signature and credentials; 111106 and 161106 to 161108 are the clock.
    for_all(111_100, 111_110),
    for_all(111_113, 111_113),
    for_all(161_100, 161_108),
    // The address list, the account, the application.
    for_all(111_115, 111_115),
    for_all(160_053, 160_053),
    for_all(111_128, 111_141),
    for_all(111_143, 111_143),
    for_all(111_169, 111_182),
    // The balance: prices differ by country.
    only(111_142, Region, Config),
    // Products that are not enabled.
    one(112_303, Config),
    one(112_305, Config),
    one(111_212, Config),
    // An application that is not online, and the test template, reach registered numbers only.
    only(112_310, Number, Config),
    only(113_302, Number, Config),
    // The channel, which serves some carriers: balance, credentials, none configured.
    only(160_014, Region, Config),
    only(161_002, Region, Config),
    only(160_012, Region, Config),
    only(161_005, Region, Config),
    // The signature name.
    one(160_019, Config),
    // The template.
    one(160_032, Config),
    one(112_311, Config),
    one(112_313, Config),
    one(112_315, Config),
    one(112_318, Config),
    one(112_323, Config),
    one(160_036, Config),
    one(160_043, Config),
    one(160_057, Config),
    // Its variables.
    one(160_052, Config),
    one(112_308, Config),
    one(160_069, Config),
    // A request that was built wrongly.
    many(160_030, 160_031, BadRequest),
    one(160_055, BadRequest),
    many(160_065, 160_067, BadRequest),
    one(160_017, BadRequest),
    one(160_045, BadRequest),
    one(160_048, BadRequest),
    one(112_307, BadRequest),
    // The channel is busy, sending failed, or the gateway failed internally.
    many(160_000, 160_010, Transient),
    one(160_050, Transient),
    many(160_063, 160_064, Transient),
    one(112_326, Transient),
    many(161_000, 161_001, Transient),
    many(161_003, 161_004, Transient),
    many(161_008, 161_012, Transient),
    one(161_020, Transient),
    many(111_000, 111_099, Transient),
    // The channel behind the gateway did not answer, or answered badly.
    (161_021..=161_024, Verdict::Undecided),
    // The vendor's client invents these for any exception; from the network they mean nothing.
    (172_000..=172_999, Verdict::Undecided),
];

#[cfg(test)]
mod tests;
