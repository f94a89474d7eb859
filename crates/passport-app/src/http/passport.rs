//! The original's API, unchanged: `/passport/*`, every answer to a `POST` in JSON with HTTP 200.

mod audio_code;
mod fields;
mod image_code;
mod login;
mod logout;
mod register;
mod sms_code;

use std::error::Error;

use actix_web::{middleware::from_fn, web};
use passport_auth::{ChallengeError, ChallengeRefusal, Denied};
use tracing::error;

use super::{
    answer::{Answer, Errno},
    csrf, whole_seconds,
};

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/passport")
            .wrap(from_fn(csrf::guard))
            .route("/image_code", web::get().to(image_code::draw))
            .route("/audio_code", web::get().to(audio_code::speak))
            .route("/sms_code", web::post().to(sms_code::send))
            .route("/register", web::post().to(register::register))
            .route("/login", web::post().to(login::sign_in))
            .route("/logout", web::post().to(logout::sign_out))
            .default_service(web::to(|| async { Answer::refused() })),
    );
}

/// Maps a denial. For an outage the client gets only `outage`; its cause is logged elsewhere.
fn denied(denied: &Denied, outage: &'static str) -> Answer {
    match denied {
        Denied::TooMany(refusal) => {
            let seconds = whole_seconds(refusal.retry_after);
            Answer::new(Errno::ReqErr, format!("请求过于频繁，请 {seconds} 秒后再试"))
        }
        Denied::Busy { .. } => Answer::new(Errno::ReqErr, "服务繁忙，请稍后再试"),
        Denied::Unavailable(_) => unavailable(outage),
    }
}

/// The challenge is unknown, expired or spent.
fn challenge_missing() -> Answer {
    Answer::new(Errno::NoData, "图片验证码过期")
}

/// The challenge is not solved.
fn challenge_unsolved(refusal: ChallengeRefusal) -> Answer {
    match refusal {
        ChallengeRefusal::Missing => challenge_missing(),
        ChallengeRefusal::Wrong => Answer::new(Errno::DataErr, "图片验证码错误"),
    }
}

/// A picture or sound was refused. The cause of an outage is logged here, because the use cases of
/// challenges do not log.
fn challenge_refused(refused: &ChallengeError) -> Answer {
    const FAILED: &str = "验证操作失败";
    match refused {
        ChallengeError::Unknown => challenge_missing(),
        ChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not made");
            Answer::new(Errno::DbErr, FAILED)
        }
        ChallengeError::Denied(refusal) => {
            if let Denied::Unavailable(cause) = refusal {
                error!(error = cause as &dyn Error, "store unavailable");
            }
            denied(refusal, FAILED)
        }
    }
}

/// A store could not answer. The client gets only `errmsg`; the use case has logged the cause.
fn unavailable(errmsg: &'static str) -> Answer {
    Answer::new(Errno::DbErr, errmsg)
}
