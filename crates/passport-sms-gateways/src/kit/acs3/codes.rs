use passport_sms_client::Class::{AccountThrottled, BadRequest, Config, Transient};
use passport_sms_client::Scope::Account;

use crate::kit::verdict::{Row, Verdict, about, rejected};

/// Codes of the API gateway, which every API shares.
pub(super) const PLATFORM: &[Row] = &[
    // A header says for how long.
    ("Throttling*", rejected(AccountThrottled)),
    // The key, the signature, the clock.
    ("SignatureDoesNotMatch", about(Account, Config)),
    ("InvalidAccessKeyId*", about(Account, Config)),
    ("InvalidTimeStamp*", about(Account, Config)),
    ("MissingSignature*", about(Account, Config)),
    // An earlier request had the same signature, and may have sent the message.
    ("SignatureNonceUsed", Verdict::Undecided),
    ("Missing*", rejected(BadRequest)),
    ("InvalidAction*", rejected(BadRequest)),
    ("InvalidVersion", rejected(BadRequest)),
    ("ServiceUnavailable", rejected(Transient)),
    ("InternalError", rejected(Transient)),
];
