//! Refusals that several handlers answer in the same way.

use std::{error::Error, time::Duration};

use passport_auth::ChallengeError;
use tracing::error;

use super::reply::LegacyReply;
use crate::http::{errno::Errno, seconds::whole_seconds};

/// A limit is reached.
pub(super) fn too_many(retry_after: Duration) -> LegacyReply {
    let seconds = whole_seconds(retry_after);
    LegacyReply::new(Errno::ReqErr, format!("请求过于频繁，请 {seconds} 秒后再试"))
}

/// More work is queued than the service accepts.
pub(super) fn busy() -> LegacyReply {
    LegacyReply::new(Errno::ReqErr, "服务繁忙，请稍后再试")
}

/// A store does not respond. The reply has only `errmsg`; the cause is in the log.
pub(super) fn unavailable(errmsg: &'static str) -> LegacyReply {
    LegacyReply::new(Errno::DbErr, errmsg)
}

/// The challenge is unknown or has expired.
pub(super) fn challenge_missing() -> LegacyReply {
    LegacyReply::new(Errno::NoData, "图片验证码过期")
}

/// Translates the refusal of an image or a sound, and logs its cause: these use cases log nothing
/// themselves.
pub(super) fn challenge_refused(refused: &ChallengeError) -> LegacyReply {
    const FAILED: &str = "验证操作失败";
    match refused {
        ChallengeError::Unknown => challenge_missing(),
        ChallengeError::TooMany { retry_after } => too_many(*retry_after),
        ChallengeError::Busy(_) => busy(),
        ChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not made");
            LegacyReply::new(Errno::DbErr, FAILED)
        }
        ChallengeError::Unavailable(cause) => {
            error!(error = cause as &dyn Error, "store unavailable");
            unavailable(FAILED)
        }
    }
}
