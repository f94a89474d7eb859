//! The account of the person who is signed in.

mod confirm;
mod data;
mod delete;
mod devices;
mod history;
mod member;
mod name;
mod number;
mod number_code;
mod overview;
mod password;
mod sign_out;
mod then;
mod unmet;

use actix_web::web;

use super::step::{page, step};
use crate::http::method::get_or_head;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    let get = get_or_head;
    let post = web::post;
    app.service(page("/account", get().to(overview::show)))
        .service(page("/account/history", get().to(history::show)))
        .service(step("/account/name", get().to(name::show), post().to(name::rename)))
        .service(step("/account/password", get().to(password::show), post().to(password::act)))
        .service(step("/account/number", get().to(number::show), post().to(number::send)))
        .service(step(
            "/account/number/code",
            get().to(number_code::show),
            post().to(number_code::change),
        ))
        .service(step("/account/devices", get().to(devices::show), post().to(devices::act)))
        .service(step("/account/data", get().to(data::show), post().to(data::download)))
        .service(step("/account/delete", get().to(delete::show), post().to(delete::leave)))
        .service(step("/account/confirm", get().to(confirm::show), post().to(confirm::act)))
        .service(step("/sign-out", get().to(sign_out::show), post().to(sign_out::act)));
}
