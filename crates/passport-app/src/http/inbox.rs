//! Inbox of the console gateway, for development: the messages that it did not send. Codes are read
//! here in clear, so it exists for the person at this machine only.

mod host;
mod link;

use actix_web::{HttpResponse, Route, guard::fn_guard, http::header, web};
use passport_sms_client::{Inbox, InboxMessage, OneTimeCode, Purpose};
use serde::Serialize;
use time::OffsetDateTime;

pub(crate) use link::InboxLink;

use super::{method::get_or_head, pages};

/// With a `link`, only the browser that has opened it sees the inbox, and without one only the person
/// at this machine. All other requests meet no route.
pub(super) fn configure(app: &mut web::ServiceConfig, link: Option<&web::Data<InboxLink>>) {
    let opened = |route: Route| match link {
        Some(link) => route.guard(link::opened(link.clone())),
        None => route.guard(fn_guard(host::is_local)),
    };
    match link {
        Some(link) => pages::configure_inbox(app, link::opened(link.clone())),
        None => pages::configure_inbox(app, fn_guard(host::is_local)),
    }
    app.route("/dev/inbox.json", opened(get_or_head()).to(messages));
    if let Some(link) = link {
        app.app_data(link.clone()).route("/dev/inbox/open/{key}", web::get().to(link::open));
    }
}

/// `GET /dev/inbox.json`: the latest hundred messages, newest first.
async fn messages(inbox: web::Data<Inbox>) -> HttpResponse {
    let messages: Vec<_> = inbox.messages().iter().map(MessageResponse::from).collect();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(messages)
}

#[derive(Serialize)]
struct MessageResponse {
    to: String,
    code: Option<String>,
    purpose: Option<&'static str>,
    text: String,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

impl From<&InboxMessage> for MessageResponse {
    fn from(message: &InboxMessage) -> Self {
        Self {
            to: message.to().as_str().to_owned(),
            code: message.code().map(OneTimeCode::expose).map(str::to_owned),
            purpose: message.purpose().map(Purpose::as_str),
            text: message.text.clone(),
            at: message.at,
        }
    }
}
