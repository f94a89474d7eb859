//! The original's API, unchanged: `/passport/*`, every answer to a `POST` in JSON with HTTP 200.

mod audio_code;
mod fields;
mod image_code;
mod login;
mod logout;
mod register;
mod sms_code;

use std::{error::Error, time::Duration};

use actix_web::{middleware::from_fn, web};
use passport_auth::ChallengeError;
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

/// Somebody came too often.
fn too_many(retry_after: Duration) -> Answer {
    let seconds = whole_seconds(retry_after);
    Answer::new(Errno::ReqErr, format!("请求过于频繁，请 {seconds} 秒后再试"))
}

/// The picture is not there (any more).
fn challenge_missing() -> Answer {
    Answer::new(Errno::NoData, "图片验证码过期")
}

/// There is no picture, or no sound of it. These acts end with their caller, who therefore logs the
/// cause.
fn challenge_refused(refused: &ChallengeError) -> Answer {
    const FAILED: &str = "验证操作失败";
    match refused {
        ChallengeError::Unknown => challenge_missing(),
        ChallengeError::TooMany { retry_after } => too_many(*retry_after),
        ChallengeError::Busy(_) => busy(),
        ChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not made");
            Answer::new(Errno::DbErr, FAILED)
        }
        ChallengeError::Unavailable(cause) => {
            error!(error = cause as &dyn Error, "store unavailable");
            unavailable(FAILED)
        }
    }
}

/// The machine has no room.
fn busy() -> Answer {
    Answer::new(Errno::ReqErr, "服务繁忙，请稍后再试")
}

/// Something is down: the person gets only `errmsg`. The act has logged the cause: it runs to its
/// end even when nobody is left to be answered.
fn unavailable(errmsg: &'static str) -> Answer {
    Answer::new(Errno::DbErr, errmsg)
}
