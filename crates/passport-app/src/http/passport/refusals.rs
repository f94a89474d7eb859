//! Refusals that several handlers answer in the same way.

use std::{error::Error, time::Duration};

use passport_auth::{ChallengeError, ChallengeRefusal, Denied};
use tracing::error;

use super::reply::LegacyReply;
use crate::http::{errno::Errno, seconds::whole_seconds};

/// Translates a denial. Of an outage the reply has only `outage`; the cause is in the log.
pub(super) fn denied(denied: &Denied, outage: &'static str) -> LegacyReply {
    match denied {
        Denied::TooMany(refusal) => too_frequent(refusal.retry_after),
        Denied::TooSoon { retry_after } => too_frequent(*retry_after),
        Denied::Stopped => {
            LegacyReply::new(Errno::ReqErr, "错误次数过多，请换一种方式登录或重置密码")
        }
        Denied::Busy { retry_after } => LegacyReply::new(Errno::ReqErr, "服务繁忙，请稍后再试")
            .with_retry_after(whole_seconds(*retry_after)),
        Denied::Unavailable(_) => unavailable(outage),
    }
}

/// A limit is reached, here or at a gateway; the next request may succeed after that time, as far as it
/// is known.
pub(super) fn too_frequent(retry_after: Duration) -> LegacyReply {
    let seconds = whole_seconds(retry_after).max(1);
    LegacyReply::new(Errno::ReqErr, format!("请求过于频繁，请 {seconds} 秒后再试"))
        .with_retry_after(seconds)
}

/// A store does not respond. The reply has only `errmsg`; the cause is in the log.
pub(super) fn unavailable(errmsg: &'static str) -> LegacyReply {
    LegacyReply::new(Errno::DbErr, errmsg)
}

/// The challenge is unknown or has expired.
pub(super) fn challenge_missing() -> LegacyReply {
    LegacyReply::new(Errno::NoData, "图片验证码过期")
}

/// Translates the refusal of an answer.
pub(super) fn challenge_unsolved(refusal: ChallengeRefusal) -> LegacyReply {
    match refusal {
        ChallengeRefusal::Missing => challenge_missing(),
        ChallengeRefusal::Wrong => LegacyReply::new(Errno::DataErr, "图片验证码错误"),
    }
}

/// Translates the refusal of an image or a sound, and logs its cause: these use cases log nothing
/// themselves.
pub(super) fn challenge_refused(refused: &ChallengeError) -> LegacyReply {
    const FAILED: &str = "验证操作失败";
    match refused {
        ChallengeError::Unknown => challenge_missing(),
        ChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not made");
            LegacyReply::new(Errno::DbErr, FAILED)
        }
        ChallengeError::Denied(refusal) => {
            if let Denied::Unavailable(cause) = refusal {
                error!(error = cause as &dyn Error, "store unavailable");
            }
            denied(refusal, FAILED)
        }
    }
}
