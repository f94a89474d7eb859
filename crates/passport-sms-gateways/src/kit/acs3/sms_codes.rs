use passport_sms_client::Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientThrottled, Transient,
    UnsupportedDestination,
};
use passport_sms_client::Scope::{self, Account, Region};

use crate::kit::acs3::codes::PLATFORM;
use crate::kit::verdict::{Row, Verdict, Wait, about, ends, find, rejected};

/// The verdict of a code of the APIs that send messages. The text is used only for the window of a cap,
/// which no code tells.
pub fn sms_verdict(code: &str, text: &str) -> Verdict {
    if code == "isv.BUSINESS_LIMIT_CONTROL" {
        return ends(RecipientThrottled, window(text));
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
    // Limits that the operator sets in the console, separately for numbers abroad.
    ("isv.DAY_LIMIT_CONTROL", Verdict::Rejected(AccountThrottled, Region, Wait::Midnight)),
    ("isv.MONTH_LIMIT_CONTROL", Verdict::Rejected(AccountThrottled, Region, Wait::Month)),
    // A template for numbers abroad.
    ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", about(Scope::Template, UnsupportedDestination)),
    ("isv.NOT_SUPPORTED_COUNTRY", about(Region, UnsupportedDestination)),
    ("isv.COUNTRY_RESTRICTED", about(Region, UnsupportedDestination)),
    ("isv.SMS_CONTENT_ILLEGAL", rejected(Content)),
    ("isv.BLACK_KEY_CONTROL_LIMIT", rejected(Content)),
    // The value of a variable, which another gateway may take.
    ("isv.TEMPLATE_PARAMS_ILLEGAL", rejected(BadRequest)),
    ("isv.PARAM_NOT_SUPPORT_URL", rejected(BadRequest)),
    ("isv.PARAM_LENGTH_LIMIT", rejected(BadRequest)),
    // Template and signature name, which are approved separately for numbers abroad.
    ("isv.SMS_TEMPLATE_ILLEGAL", rejected(Config)),
    ("isv.SMS_SIGNATURE_ILLEGAL", rejected(Config)),
    ("isv.SMS_SIGN_ILLEGAL", rejected(Config)),
    ("isv.SIGN_STATE_ILLEGAL", rejected(Config)),
    ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", rejected(Config)),
    ("isv.TEMPLATE_MISSING_PARAMETERS", rejected(Config)),
    ("isv.EXTEND_CODE_ERROR", rejected(Config)),
    // The balance and the products, which differ for numbers abroad.
    ("isv.AMOUNT_NOT_ENOUGH", about(Region, Config)),
    ("isv.PRODUCT_UN_SUBSCRIPT", about(Region, Config)),
    ("isv.PRODUCT_UNSUBSCRIBE", about(Region, Config)),
    // The account.
    ("isv.OUT_OF_SERVICE", about(Account, Config)),
    ("isv.ACCOUNT_NOT_EXISTS", about(Account, Config)),
    ("isv.ACCOUNT_ABNORMAL", about(Account, Config)),
    ("isp.RAM_PERMISSION_DENY", about(Account, Config)),
    ("isv.DENY_IP_RANGE", about(Account, Config)),
    ("isv.INVALID_PARAMETERS", rejected(BadRequest)),
    ("isv.INVALID_JSON_PARAM", rejected(BadRequest)),
    ("isv.MOBILE_COUNT_OVER_LIMIT", rejected(BadRequest)),
    ("isp.SYSTEM_ERROR", rejected(Transient)),
    ("isp.GATEWAY_ERROR", rejected(Transient)),
    ("isp.UNKNOWN", rejected(Transient)),
];
