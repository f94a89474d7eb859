use passport_sms_client::Class::{AccountThrottled, BadRequest, Config, Transient};

use crate::kit::verdict::{Row, Verdict, rejected};

/// Codes of the API gateway, which every API shares.
pub(super) const PLATFORM: &[Row] = &[
    // A header says for how long.
    ("Throttling*", rejected(AccountThrottled)),
    // The key, the signature, the clock.
    ("SignatureDoesNotMatch", rejected(Config)),
    ("InvalidAccessKeyId*", rejected(Config)),
    ("InvalidTimeStamp*", rejected(Config)),
    ("MissingSignature*", rejected(Config)),
    // An earlier request had the same signature, and may have sent the message.
    ("SignatureNonceUsed", Verdict::Undecided),
    ("Missing*", rejected(BadRequest)),
    ("InvalidAction*", rejected(BadRequest)),
    ("InvalidVersion", rejected(BadRequest)),
    ("ServiceUnavailable", rejected(Transient)),
    ("InternalError", rejected(Transient)),
];
