use passport_sms_client::Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked,
    RecipientThrottled, Transient, UnsupportedDestination,
};

use crate::kit::verdict::{Row, Verdict, Wait, rejected};

const fn recipient(wait: Wait) -> Verdict {
    Verdict::Rejected(RecipientThrottled, wait)
}

const fn account(wait: Wait) -> Verdict {
    Verdict::Rejected(AccountThrottled, wait)
}

/// Codes of the whole request and of a number.
pub(super) const TABLE: &[Row] = &[
    ("Ok", Verdict::Accepted),
    ("InvalidParameterValue.IncorrectPhoneNumber", rejected(BadRecipient)),
    ("FailedOperation.PhoneNumberParseFail", rejected(BadRecipient)),
    ("FailedOperation.PhoneNumberInBlacklist", rejected(RecipientBlocked)),
    // The region, or a template for the other kind of number.
    ("UnsupportedOperation*", rejected(UnsupportedDestination)),
    ("LimitExceeded.AppCountryOrRegionInBlacklist", rejected(UnsupportedDestination)),
    // Caps per number.
    ("LimitExceeded.PhoneNumberThirtySecondLimit", recipient(Wait::Seconds(30))),
    ("LimitExceeded.PhoneNumberOneHourLimit", recipient(Wait::Seconds(3600))),
    ("LimitExceeded.PhoneNumberDailyLimit", recipient(Wait::Midnight)),
    ("LimitExceeded.PhoneNumberSameContentDailyLimit", recipient(Wait::Midnight)),
    ("LimitExceeded.DeliveryFrequencyLimit", recipient(Wait::Seconds(60))),
    // Volumes and rates of the account.
    ("LimitExceeded.AppDailyLimit", account(Wait::Midnight)),
    ("LimitExceeded.AppMainlandChinaDailyLimit", account(Wait::Midnight)),
    ("LimitExceeded.AppGlobalDailyLimit", account(Wait::Midnight)),
    ("LimitExceeded.AppCountryOrRegionDailyLimit", account(Wait::Midnight)),
    ("LimitExceeded.DailyLimit", account(Wait::Midnight)),
    ("RequestLimitExceeded*", account(Wait::Seconds(1))),
    ("LimitExceeded.GlobalSmsSendingRateLimit", account(Wait::Seconds(1))),
    ("FailedOperation.ContainSensitiveWord", rejected(Content)),
    ("InvalidParameter.DirtyWordFound", rejected(Content)),
    ("InvalidParameterValue.ContentLengthLimit", rejected(Content)),
    ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", rejected(Content)),
    ("InvalidParameterValue.TemplateParameterLengthLimit", rejected(Content)),
    // Credentials, clock, balance, permissions.
    ("AuthFailure*", rejected(Config)),
    ("FailedOperation.InsufficientBalanceInSmsPackage", rejected(Config)),
    ("UnauthorizedOperation*", rejected(Config)),
    ("InternalError.RequestTimeException", rejected(Config)),
    // Template and signature name.
    ("FailedOperation.SignatureIncorrectOrUnapproved", rejected(Config)),
    ("FailedOperation.TemplateIncorrectOrUnapproved", rejected(Config)),
    ("FailedOperation.TemplateUnapprovedOrNotExist", rejected(Config)),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", rejected(Config)),
    ("FailedOperation.TemplateIdNotExist", rejected(Config)),
    ("FailedOperation.MissingSignature*", rejected(Config)),
    ("FailedOperation.MissingTemplate*", rejected(Config)),
    ("InvalidParameterValue.SdkAppIdNotExist", rejected(Config)),
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
