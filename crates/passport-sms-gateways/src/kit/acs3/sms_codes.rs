use passport_sms_client::Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientThrottled, Transient,
    UnsupportedDestination,
};

use crate::kit::acs3::codes::PLATFORM;
use crate::kit::verdict::{Row, Verdict, Wait, find, rejected};

/// The verdict of a code of the APIs that send messages. The text is used only for the window of a cap,
/// which no code tells.
pub fn sms_verdict(code: &str, text: &str) -> Verdict {
    if code == "isv.BUSINESS_LIMIT_CONTROL" {
        return Verdict::Rejected(RecipientThrottled, window(text));
    }
    match find(TABLE, code) {
        Verdict::UNLISTED => find(PLATFORM, code),
        verdict => verdict,
    }
}

/// Window of a cap: 触发分钟级流控, 触发小时级流控, 触发天级流控 are a minute, an hour and a day.
fn window(text: &str) -> Wait {
    if text.contains("天级") {
        Wait::Midnight
    } else if text.contains("小时级") {
        Wait::Seconds(3600)
    } else {
        Wait::Seconds(60)
    }
}

const TABLE: &[Row] = &[
    ("OK", Verdict::Accepted),
    ("isv.MOBILE_NUMBER_ILLEGAL", rejected(BadRecipient)),
    ("isv.PHONE_NUMBER_ILLEGAL", rejected(BadRecipient)),
    // Limits of the whole account, which the operator sets in the console.
    ("isv.DAY_LIMIT_CONTROL", Verdict::Rejected(AccountThrottled, Wait::Midnight)),
    ("isv.MONTH_LIMIT_CONTROL", Verdict::Rejected(AccountThrottled, Wait::Month)),
    ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", rejected(UnsupportedDestination)),
    ("isv.NOT_SUPPORTED_COUNTRY", rejected(UnsupportedDestination)),
    ("isv.COUNTRY_RESTRICTED", rejected(UnsupportedDestination)),
    ("isv.SMS_CONTENT_ILLEGAL", rejected(Content)),
    ("isv.BLACK_KEY_CONTROL_LIMIT", rejected(Content)),
    ("isv.TEMPLATE_PARAMS_ILLEGAL", rejected(Content)),
    ("isv.PARAM_NOT_SUPPORT_URL", rejected(Content)),
    ("isv.PARAM_LENGTH_LIMIT", rejected(Content)),
    // Template and signature name.
    ("isv.SMS_TEMPLATE_ILLEGAL", rejected(Config)),
    ("isv.SMS_SIGNATURE_ILLEGAL", rejected(Config)),
    ("isv.SMS_SIGN_ILLEGAL", rejected(Config)),
    ("isv.SIGN_STATE_ILLEGAL", rejected(Config)),
    ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", rejected(Config)),
    ("isv.TEMPLATE_MISSING_PARAMETERS", rejected(Config)),
    ("isv.EXTEND_CODE_ERROR", rejected(Config)),
    // The account.
    ("isv.AMOUNT_NOT_ENOUGH", rejected(Config)),
    ("isv.OUT_OF_SERVICE", rejected(Config)),
    ("isv.PRODUCT_UN_SUBSCRIPT", rejected(Config)),
    ("isv.PRODUCT_UNSUBSCRIBE", rejected(Config)),
    ("isv.ACCOUNT_NOT_EXISTS", rejected(Config)),
    ("isv.ACCOUNT_ABNORMAL", rejected(Config)),
    ("isp.RAM_PERMISSION_DENY", rejected(Config)),
    ("isv.DENY_IP_RANGE", rejected(Config)),
    ("isv.INVALID_PARAMETERS", rejected(BadRequest)),
    ("isv.INVALID_JSON_PARAM", rejected(BadRequest)),
    ("isv.MOBILE_COUNT_OVER_LIMIT", rejected(BadRequest)),
    ("isp.SYSTEM_ERROR", rejected(Transient)),
    ("isp.GATEWAY_ERROR", rejected(Transient)),
    ("isp.UNKNOWN", rejected(Transient)),
];
