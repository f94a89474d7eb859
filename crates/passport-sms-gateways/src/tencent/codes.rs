use passport_sms_client::Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked,
    RecipientThrottled, Transient, UnsupportedDestination,
};
use passport_sms_client::Scope::{self, Account, Region};

use crate::kit::verdict::{Row, Verdict, Wait, about, ends, rejected};

const fn recipient(wait: Wait) -> Verdict {
    ends(RecipientThrottled, wait)
}

const fn account(scope: Scope, wait: Wait) -> Verdict {
    Verdict::Rejected(AccountThrottled, scope, wait)
}

/// Codes of the whole request and of a number.
pub(super) const TABLE: &[Row] = &[
    ("Ok", Verdict::Accepted),
    ("InvalidParameterValue.IncorrectPhoneNumber", rejected(BadRecipient)),
    ("FailedOperation.PhoneNumberParseFail", rejected(BadRecipient)),
    ("FailedOperation.PhoneNumberInBlacklist", rejected(RecipientBlocked)),
    // The region, or a template for the other kind of number.
    ("UnsupportedOperation*", about(Scope::Template, UnsupportedDestination)),
    ("UnsupportedOperation.UnsupportedRegion", about(Region, UnsupportedDestination)),
    ("LimitExceeded.AppCountryOrRegionInBlacklist", about(Region, UnsupportedDestination)),
    // Caps per number.
    ("LimitExceeded.PhoneNumberThirtySecondLimit", recipient(Wait::Seconds(30))),
    ("LimitExceeded.PhoneNumberOneHourLimit", recipient(Wait::Seconds(3600))),
    ("LimitExceeded.PhoneNumberDailyLimit", recipient(Wait::Midnight)),
    ("LimitExceeded.PhoneNumberSameContentDailyLimit", recipient(Wait::Midnight)),
    ("LimitExceeded.DeliveryFrequencyLimit", recipient(Wait::Seconds(60))),
    ("LimitExceeded.PhoneNumber*", recipient(Wait::Unspecified)),
    // Volumes and rates of the account, or of a part of the world.
    ("LimitExceeded.AppDailyLimit", account(Account, Wait::Midnight)),
    ("LimitExceeded.AppMainlandChinaDailyLimit", account(Region, Wait::Midnight)),
    ("LimitExceeded.AppGlobalDailyLimit", account(Region, Wait::Midnight)),
    ("LimitExceeded.AppCountryOrRegionDailyLimit", account(Region, Wait::Midnight)),
    ("LimitExceeded.DailyLimit", account(Region, Wait::Midnight)),
    ("RequestLimitExceeded*", account(Account, Wait::Seconds(1))),
    ("LimitExceeded.GlobalSmsSendingRateLimit", account(Region, Wait::Seconds(1))),
    ("FailedOperation.ContainSensitiveWord", rejected(Content)),
    ("InvalidParameter.DirtyWordFound", rejected(Content)),
    // Credentials, clock, permissions.
    ("AuthFailure*", about(Account, Config)),
    ("UnauthorizedOperation*", about(Account, Config)),
    ("InternalError.RequestTimeException", about(Account, Config)),
    ("InvalidParameterValue.SdkAppIdNotExist", about(Account, Config)),
    // The kind of the template.
    ("UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny", rejected(Config)),
    // Packages are bought separately for numbers abroad.
    ("FailedOperation.InsufficientBalanceInSmsPackage", about(Region, Config)),
    // Template and signature name.
    ("FailedOperation.SignatureIncorrectOrUnapproved", rejected(Config)),
    ("FailedOperation.TemplateIncorrectOrUnapproved", rejected(Config)),
    ("FailedOperation.TemplateUnapprovedOrNotExist", rejected(Config)),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", rejected(Config)),
    ("FailedOperation.TemplateIdNotExist", rejected(Config)),
    ("FailedOperation.MissingSignature*", rejected(Config)),
    ("FailedOperation.MissingTemplate*", rejected(Config)),
    ("InvalidParameterValue.TemplateParameterFormatError", rejected(Config)),
    // The gateway passed the message on and got no answer.
    ("InternalError.Timeout", Verdict::Undecided),
    ("InternalError.SendAndRecvFail", Verdict::Undecided),
    ("InternalError*", rejected(Transient)),
    ("FailedOperation.OtherError", rejected(Transient)),
    ("InvalidParameter*", rejected(BadRequest)),
    ("MissingParameter*", rejected(BadRequest)),
    ("UnknownParameter", rejected(BadRequest)),
    ("InvalidAction", rejected(BadRequest)),
    ("NoSuchVersion", rejected(BadRequest)),
    ("LimitExceeded.PhoneNumberCountLimit", rejected(BadRequest)),
    ("FailedOperation.FailResolvePacket", rejected(BadRequest)),
    ("FailedOperation.JsonParseFail", rejected(BadRequest)),
];
