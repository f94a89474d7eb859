use actix_web::http::StatusCode;

use crate::http::errno::Errno;

/// What is fixed about one kind of problem.
pub(in crate::http) struct Row {
    pub(in crate::http) status: StatusCode,
    /// Member `code`: stable, for programs.
    pub(in crate::http) slug: &'static str,
    /// Member `errno`: the nearest code of the original API.
    pub(in crate::http) errno: Errno,
    /// Member `title`: one English sentence, for developers.
    pub(in crate::http) title: &'static str,
    /// The same in Chinese, for the page of the problem.
    pub(in crate::http) title_zh: &'static str,
    /// Documentation: when it is answered, and what a client can do.
    pub(in crate::http) when: &'static str,
}

/// Declares the kinds and their table in one place; `docs/problems.md` is checked against it.
macro_rules! codes {
    ($($name:ident: $status:ident $slug:literal $errno:ident, $title:literal, $title_zh:literal,
        $when:literal;)+) => {
        /// Kind of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::http) enum Code {
            $(#[doc = $when] $name,)+
        }

        impl Code {
            pub(in crate::http) const ALL: &[Self] = &[$(Self::$name),+];

            /// The kind with this `code`.
            pub(in crate::http) fn named(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.row().slug == slug)
            }

            pub(in crate::http) const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        status: StatusCode::$status,
                        slug: $slug,
                        errno: Errno::$errno,
                        title: $title,
                        title_zh: $title_zh,
                        when: $when,
                    },)+
                }
            }
        }
    };
}

codes! {
    BodyInvalid: BAD_REQUEST "body-invalid" ParamErr,
        "The request body is invalid",
        "请求内容无效",
        "The body is not a JSON object of the documented form. `errors` lists the faulty members: `pointer` (JSON Pointer, empty for the whole body) and `code` (`missing`, `unknown`, `invalid`, `duplicate`, `unexpected`, `not-an-object`).";
    QueryInvalid: BAD_REQUEST "query-invalid" ParamErr,
        "The query of the address is invalid",
        "查询参数无效",
        "The query has a parameter that the resource does not know, or a value that is not allowed.";
    OriginalUnknown: BAD_REQUEST "original-unknown" ReqErr,
        "The proxy does not describe the original request",
        "代理没有说明原始请求",
        "A proxy that asks at `/forward-auth` about a request with the session cookie must name its method in `X-Forwarded-Method` or `X-Original-Method`: what may change something has to come from a page of the application.";
    TwoCredentials: BAD_REQUEST "two-credentials" ReqErr,
        "The request has two credentials",
        "请求带有两个凭证",
        "The request has a session cookie and `Authorization: Bearer`. Send one of them.";
    IdempotencyKeyInvalid: BAD_REQUEST "idempotency-key-invalid" ParamErr,
        "The idempotency key is invalid",
        "幂等键无效",
        "`Idempotency-Key` is not one string of 16 to 255 visible ASCII characters. Nothing was done.";
    NotSignedIn: UNAUTHORIZED "not-signed-in" SessionErr,
        "The request has no live session",
        "尚未登录",
        "The session cookie or bearer token is absent, or its session has ended. Sign in again.";
    CredentialsWrong: UNAUTHORIZED "credentials-wrong" DataErr,
        "The phone number or password is wrong",
        "手机号或密码错误",
        "No account has this number and password. The answer does not tell which of the two is wrong.";
    TokenInvalid: UNAUTHORIZED "token-invalid" SessionErr,
        "The token of the operator is not valid",
        "运维令牌无效",
        "`Authorization: Bearer` has no token of `passport admin token add`, or the token has expired or was removed.";
    ScopeMissing: FORBIDDEN "scope-missing" ReqErr,
        "The token does not allow this",
        "令牌没有此权限",
        "The request needs the scope in `scope`, which the token does not have.";
    CrossSite: FORBIDDEN "cross-site" ReqErr,
        "The request comes from another site",
        "请求来自其他网站",
        "A request with a session cookie and an unsafe method must show that a page of this service sent it: by `Origin`, by `Sec-Fetch-Site`, or by the CSRF token in `X-CSRFToken`.";
    CountryNotServed: FORBIDDEN "country-not-served" DataErr,
        "Numbers of this country are not served",
        "不支持该国家或地区的手机号",
        "The service sends no messages to the country of the number.";
    SignUpClosed: FORBIDDEN "sign-up-closed" ReqErr,
        "Sign-up is closed",
        "注册已关闭",
        "The service accepts no new accounts. Existing accounts can sign in.";
    AccountDisabled: FORBIDDEN "account-disabled" ReqErr,
        "The account is disabled",
        "账号已停用",
        "The operator of the service has disabled the account. Answered only after the credentials were right. In the API for operators: a disabled account is deleted only with `now`, because its owner could withdraw a deletion that has a grace period.";
    ConfirmationRequired: FORBIDDEN "confirmation-required" SessionErr,
        "The user must confirm this action",
        "需要再次验证身份",
        "The last proof of identity is too old for this action. Send one of the proofs in `accepted` to `/api/v1/session/confirmations`, then repeat the request.";
    ProofTooWeak: FORBIDDEN "proof-too-weak" SessionErr,
        "The proof is too weak for this account",
        "验证方式不够安全",
        "The account has a stronger proof than the one that was sent. `accepted` lists the proofs that are accepted.";
    ConsentRequired: FORBIDDEN "consent-required" ReqErr,
        "A new account needs a consent to the terms",
        "注册新账号需要同意服务条款",
        "The account was not created, because the request has no consent to the current version of the terms, which is the member `terms`. Show that version to the person, and after the consent send the same request again with `terms`: the code was not spent. A sign-in by code is answered so only after the code proved a number without an account.";
    Stopped: FORBIDDEN "stopped" ReqErr,
        "This kind of proof is stopped",
        "该登录方式已被停用",
        "Too many wrong tries in a row, and waiting does not help. Passwords are accepted again after a reset with a code, codes after a sign-in with the password, and confirmations in a new session.";
    NotFound: NOT_FOUND "not-found" ReqErr,
        "The resource does not exist",
        "资源不存在",
        "The path is unknown, or the id in it was not issued here, has expired, or belongs to another user.";
    NoAccount: NOT_FOUND "no-account" NoData,
        "The number has no account",
        "该手机号尚未注册",
        "Answered only after a code proved the number. `next` is `sign-up`.";
    NothingToUndo: NOT_FOUND "nothing-to-undo" NoData,
        "There is no change of number to undo",
        "没有可以撤销的换号",
        "No account changed from this number within the time for undoing. Answered only after a code proved the number.";
    MethodNotAllowed: METHOD_NOT_ALLOWED "method-not-allowed" ReqErr,
        "The resource does not support this method",
        "不支持该请求方法",
        "The header `Allow` lists the methods that it supports.";
    BodyTimeout: REQUEST_TIMEOUT "body-timeout" ParamErr,
        "The request body did not arrive in time",
        "请求内容未及时到达",
        "A body has to arrive within 10 seconds. Send the request again.";
    NumberTaken: CONFLICT "number-taken" DataExist,
        "The number has an account",
        "该手机号已注册",
        "Answered only after a code proved the number. `next` is `sign-in`, or `undo-number` if an account has changed from this number and the change can be undone.";
    AccountLeaving: CONFLICT "account-leaving" DataExist,
        "The account is about to be deleted",
        "账号即将注销",
        "The owner has asked to delete the account at `purge_at`. To restore it, send `continuation` and `restore` to `/api/v1/sessions/continuations`. Answered only after the credentials were right.";
    Conflict: CONFLICT "conflict" DataErr,
        "The account was changed meanwhile",
        "账号同时被修改",
        "Another request changed the account at the same time. Nothing was done; read the account again and repeat the request.";
    IdempotencyKeyInProgress: CONFLICT "idempotency-key-in-progress" ReqErr,
        "The call with this idempotency key is in progress",
        "相同幂等键的请求正在处理",
        "The first call is being executed. Send the request again after `Retry-After`.";
    SmsCodeGone: GONE "code-gone" NoData,
        "The code is no longer valid",
        "验证码已失效",
        "The code has expired, was used, was replaced by a newer one, or had too many wrong guesses. Request a new one.";
    ChallengeGone: GONE "challenge-gone" NoData,
        "The challenge is no longer valid",
        "图片验证码已失效",
        "The challenge has expired or was answered. Load a new one.";
    ContinuationGone: GONE "continuation-gone" SessionErr,
        "The continuation is no longer valid",
        "登录步骤已过期",
        "The continuation has expired, was used, or had too many wrong tries. Sign in from the beginning.";
    BodyTooLarge: PAYLOAD_TOO_LARGE "body-too-large" ParamErr,
        "The request body is too large",
        "请求内容过大",
        "A body has 16 KiB at most.";
    MediaTypeUnsupported: UNSUPPORTED_MEDIA_TYPE "media-type-unsupported" ParamErr,
        "The request body is not application/json",
        "请求内容不是 application/json",
        "Send the body as JSON, with `Content-Type: application/json`.";
    IdempotencyKeyReused: UNPROCESSABLE_ENTITY "idempotency-key-reused" ParamErr,
        "The idempotency key was used for another call",
        "幂等键已用于其他请求",
        "A call with this key and another body was made within 24 hours. Use a new key for each call, and send repeats unchanged.";
    MobileInvalid: UNPROCESSABLE_ENTITY "mobile-invalid" ParamErr,
        "The phone number is invalid",
        "手机号无效",
        "`mobile` is no number of the numbering plan, or cannot receive messages. Numbers of mainland China may be written without a country code, all others begin with `+`.";
    AudienceUnknown: UNPROCESSABLE_ENTITY "audience-unknown" ParamErr,
        "No application has this audience",
        "没有应用使用该受众",
        "Access tokens are issued for the audiences of the settings. The operator adds one as `apps.<name>.audience`.";
    ChallengeWrong: UNPROCESSABLE_ENTITY "challenge-wrong" DataErr,
        "The answer to the challenge is wrong",
        "图片验证码错误",
        "A challenge can be answered once. Load a new one.";
    SmsCodeWrong: UNPROCESSABLE_ENTITY "code-wrong" DataErr,
        "The code is wrong",
        "短信验证码错误",
        "The code is another one than was sent. `tries_left` says how many more guesses it has.";
    PasswordRefused: UNPROCESSABLE_ENTITY "password-refused" ParamErr,
        "The new password is refused",
        "新密码不符合要求",
        "`reason` says why: it is too short, too long, common, or contains the number.";
    PasswordWrong: UNPROCESSABLE_ENTITY "password-wrong" DataErr,
        "The current password is wrong",
        "当前密码错误",
        "`current` is not the password of the account.";
    ProofWrong: UNPROCESSABLE_ENTITY "proof-wrong" DataErr,
        "The proof is wrong",
        "验证失败",
        "The password or code is not that of the account.";
    NickNameRefused: UNPROCESSABLE_ENTITY "nick-name-refused" ParamErr,
        "The nickname is refused",
        "昵称不符合要求",
        "`reason` says why.";
    RecipientRefused: UNPROCESSABLE_ENTITY "recipient-refused" ThirdErr,
        "The number cannot receive messages",
        "该手机号无法接收短信",
        "The carrier or provider says that no message can reach the number. Repeating the request does not help.";
    TooMany: TOO_MANY_REQUESTS "too-many" ReqErr,
        "Too many requests",
        "请求过于频繁",
        "A limit is reached. `RateLimit-Policy` names it, `RateLimit` and `Retry-After` say after how many seconds the next request is accepted.";
    Wait: TOO_MANY_REQUESTS "wait" ReqErr,
        "The next try has to wait",
        "连续输错，请稍后再试",
        "After several wrong tries in a row, the next one is accepted after `Retry-After`. The try was not checked. Each further wrong try makes the wait longer, a right one ends it.";
    TooManyChanges: TOO_MANY_REQUESTS "too-many-changes" ReqErr,
        "The account was changed too often",
        "账号修改过于频繁",
        "Three former numbers of the account are kept for an undo. The number can be changed again when the undo of one of them has expired.";
    RecipientThrottled: TOO_MANY_REQUESTS "recipient-throttled" ThirdErr,
        "The provider sends no more messages to the number",
        "该手机号短信数量已达上限",
        "A provider has a limit of its own for each number. The next message is accepted after `Retry-After`.";
    ServerError: INTERNAL_SERVER_ERROR "server-error" ServerErr,
        "Internal error",
        "内部错误",
        "A fault of the service, logged under the id in `X-Request-Id`.";
    NotSent: BAD_GATEWAY "not-sent" ThirdErr,
        "The message was not sent",
        "短信发送失败",
        "Every provider refused the message. It is not counted; request the code again later.";
    Busy: SERVICE_UNAVAILABLE "busy" ReqErr,
        "The service is busy",
        "服务繁忙",
        "More work is queued than the service accepts. Nothing was done; send the request again after `Retry-After`.";
    DeliveryUnknown: SERVICE_UNAVAILABLE "delivery-unknown" ThirdErr,
        "It is not known whether the message was sent",
        "短信可能未送达",
        "No provider confirmed the message, and one may have it. The members of an accepted request are there too: the code works if it arrives.";
    Unavailable: SERVICE_UNAVAILABLE "unavailable" DbErr,
        "The service is unavailable",
        "服务暂不可用",
        "A database or store does not respond. Send the request again later.";
}
