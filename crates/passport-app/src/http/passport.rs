//! The original's API under `/passport/*`, frozen: answers to `POST` are JSON with HTTP 200.

mod audio_code;
mod fields;
mod guard;
mod image_code;
mod login;
mod logout;
mod query;
mod refusals;
mod register;
mod reply;
mod sms_code;

use actix_web::{middleware::from_fn, web};

use reply::LegacyReply;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/passport")
            .wrap(from_fn(guard::guard))
            .route("/image_code", web::get().to(image_code::draw))
            .route("/audio_code", web::get().to(audio_code::speak))
            .route("/sms_code", web::post().to(sms_code::send))
            .route("/register", web::post().to(register::register))
            .route("/login", web::post().to(login::sign_in))
            .route("/logout", web::post().to(logout::sign_out))
            .default_service(web::to(async || LegacyReply::refused())),
    );
}
