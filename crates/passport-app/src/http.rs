//! The HTTP interface. A handler parses the request, calls one use case and answers.
//!
//! Two APIs share the use cases: `passport` keeps the original's form (HTTP 200, `errno`), `api` has
//! status codes and problems (RFC 9457). What they read from a request lies in `extract`, what refuses
//! a request before its handler in `guard`; both report neutral errors that each API translates.

mod api;
mod apps;
mod cookies;
mod cors;
mod docs;
mod errno;
mod extract;
mod forward_auth;
mod guard;
mod health;
mod idempotency;
mod inbox;
mod jwks;
mod locale;
mod measure;
mod method;
mod metrics;
mod pages;
mod passport;
mod rarely;
mod request_id;
mod request_log;
mod seconds;
mod security_headers;
mod services;
mod sms_receipts;
mod sound;
mod theme;

use actix_web::{middleware::from_fn, web};

pub(crate) use api::document::{ApiSite, document};
pub(crate) use apps::Apps;
pub(crate) use cookies::{CookieKey, Cookies};
pub(crate) use cors::AllowedOrigins;
pub(crate) use docs::ApiDocument;
pub(crate) use extract::TrustedProxies;
pub(crate) use forward_auth::ForwardAuth;
pub(crate) use guard::{csrf::Origins, refusal_log::OriginWarnings};
pub(crate) use health::{Probe, Probes};
pub(crate) use idempotency::{Idempotency, IdempotencySecret};
pub(crate) use inbox::InboxLink;
pub(crate) use metrics::configure as configure_metrics;
pub(crate) use pages::{FlowKey, Site};
pub(crate) use security_headers::SecurityHeaders;
pub(crate) use services::{AccountServices, OperatorServices, Services};
pub(crate) use sms_receipts::ReceiptEndpoint;

/// Registers the routes of the API for operators, and the services that their handlers ask for.
pub(crate) fn configure_admin(services: &OperatorServices, app: &mut web::ServiceConfig) {
    services.inject(app);
    api::admin::configure_all(app);
}

/// Registers all routes for visitors, and the services that their handlers ask for.
pub(crate) fn configure(services: &Services, app: &mut web::ServiceConfig) {
    services.inject(app);
    app.service(
        web::scope("")
            .wrap(from_fn(security_headers::add))
            .wrap(from_fn(request_log::log))
            .wrap(from_fn(measure::measure))
            .configure(passport::configure)
            .configure(api::configure)
            .configure(health::configure)
            .configure(forward_auth::configure)
            .configure(jwks::configure)
            .configure(sms_receipts::configure)
            .configure(|app| {
                if services.inbox.is_some() {
                    inbox::configure(app, services.inbox_link.as_ref());
                }
            })
            .configure(docs::configure)
            .configure(pages::configure)
            .default_service(web::to(async |request| pages::not_found(&request))),
    );
}
