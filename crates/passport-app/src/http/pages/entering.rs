//! Addresses of the pages on the way into an account.

use std::future::ready;

use actix_web::{HttpRequest, Route, web};
use passport_auth::{NewChallenge, RequestCode};
use passport_pages::Entry;

use super::{
    code_page, context::Context, first_password, forgot, form::Form, number_page, restore,
    sign_in_code, sign_in_password, sign_up, step::step, undo_number,
};
use crate::http::method::get_or_head;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    for entry in Entry::ALL {
        app.service(step(entry.path(), show_number(entry), send_code(entry)));
    }
    let code = |entry: Entry, act| step(entry.code_path(), show_code(entry), act);
    app.service(code(Entry::SignIn, web::post().to(sign_in_code::sign_in)))
        .service(code(Entry::SignUp, web::post().to(sign_up::check)))
        .service(code(Entry::Forgot, web::post().to(forgot::check)))
        .service(code(Entry::UndoNumber, web::post().to(undo_number::undo)))
        .service(step(
            "/sign-in/password",
            get_or_head().to(sign_in_password::show),
            web::post().to(sign_in_password::sign_in),
        ))
        .service(step(
            restore::PATH,
            get_or_head().to(restore::show),
            web::post().to(restore::restore),
        ))
        .service(step(
            first_password::PASSWORD_PATH,
            get_or_head().to(sign_up::show_password),
            web::post().to(sign_up::choose_password),
        ))
        .service(step(
            "/forgot/password",
            get_or_head().to(forgot::show_password),
            web::post().to(forgot::reset),
        ));
}

fn show_number(entry: Entry) -> Route {
    get_or_head().to(
        move |request: HttpRequest, context: Context, new_challenge: web::Data<NewChallenge>| {
            number_page::show(entry, request, context, new_challenge)
        },
    )
}

fn send_code(entry: Entry) -> Route {
    web::post().to(
        move |request: HttpRequest,
              context: Context,
              form: Form,
              request_code: web::Data<RequestCode>,
              new_challenge: web::Data<NewChallenge>| {
            number_page::send(entry, request, context, form, request_code, new_challenge)
        },
    )
}

fn show_code(entry: Entry) -> Route {
    get_or_head().to(move |request: HttpRequest, context: Context| {
        ready(code_page::show(entry, &request, &context))
    })
}
