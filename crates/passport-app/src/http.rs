//! What the outside sees. Handlers parse, call a use case, and answer.

mod answer;
mod api;
mod client_address;
mod cookies;
mod csrf;
mod health;
mod inbox;
mod locale;
mod page_settings;
mod pages;
mod passport;
mod problem;
mod request_log;
mod security_headers;
mod sms_receipts;
mod sound;

use std::time::Duration;

use actix_web::{Route, guard, middleware::from_fn, web};

pub(crate) use client_address::TrustedProxies;
pub(crate) use cookies::Cookies;
pub(crate) use csrf::Origins;
pub(crate) use health::{Probe, Probes};
pub(crate) use page_settings::PageSettings;
pub(crate) use security_headers::SecurityHeaders;
pub(crate) use sms_receipts::ReceiptDesk;

use crate::wiring::Services;

/// Every route, with what its handlers need.
pub(crate) fn configure(services: &Services, app: &mut web::ServiceConfig) {
    services.inject(app);
    app.service(
        web::scope("")
            .wrap(from_fn(security_headers::add))
            .wrap(from_fn(request_log::log))
            .configure(passport::configure)
            .configure(api::configure)
            .configure(health::configure)
            .configure(sms_receipts::configure)
            .configure(|app| {
                if services.inbox.is_some() {
                    inbox::configure(app);
                }
            })
            .configure(pages::configure)
            .default_service(web::to(async |request| pages::not_found(&request))),
    );
}

/// Rounded up, so that nobody who waits as told comes too early.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// A route for `GET`, and for `HEAD`, whose answer actix sends without its body.
fn get_or_head() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
