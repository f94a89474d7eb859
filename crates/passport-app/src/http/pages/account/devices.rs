use std::{error::Error, net::IpAddr};

use actix_web::{HttpResponse, web};
use passport_auth::{OwnSessions, masked_address};
use passport_pages::{DeviceItem, DevicesView, FormView, Notice, Refusal};
use passport_session::{DeviceKind, Session, SessionId};
use tracing::error;
use uuid::Uuid;

use super::member::Member;
use crate::http::pages::form::Form;

const PATH: &str = "/account/devices";

/// `GET /account/devices`
pub(in crate::http::pages) async fn show(
    member: Member,
    own_sessions: web::Data<OwnSessions>,
) -> HttpResponse {
    page(&member, &own_sessions, None).await
}

/// `POST /account/devices`: signs out another device, or all others.
pub(in crate::http::pages) async fn act(
    member: Member,
    form: Form,
    own_sessions: web::Data<OwnSessions>,
) -> HttpResponse {
    match end(&member, &form, &own_sessions).await {
        Ok(notice) => member.context.see_other_with(PATH, notice),
        Err(refusal) => page(&member, &own_sessions, Some(refusal)).await,
    }
}

async fn end(member: &Member, form: &Form, own_sessions: &OwnSessions) -> Result<Notice, Refusal> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone());
    }
    let (person, caller) = (&member.person, &member.context.caller);
    if form.asks_to("end-others") {
        let ended = own_sessions.end_others(person, caller).await;
        let count = ended.map_err(|_| Refusal::Unavailable)?;
        return Ok(Notice::OthersEnded { count: count.try_into().unwrap_or(u64::MAX) });
    }
    let id: Uuid = form.text("end").parse().map_err(|_| Refusal::DeviceGone)?;
    let id = SessionId::from_uuid(id);
    // The page offers no such button: this device has the form for signing out.
    if id == person.session.id {
        return Err(Refusal::DeviceGone);
    }
    match own_sessions.end(person, id, caller).await {
        Ok(true) => Ok(Notice::DeviceEnded),
        Ok(false) => Err(Refusal::DeviceGone),
        Err(_) => Err(Refusal::Unavailable),
    }
}

async fn page(
    member: &Member,
    own_sessions: &OwnSessions,
    refusal: Option<Refusal>,
) -> HttpResponse {
    let sessions = match own_sessions.list(&member.person).await {
        Ok(sessions) => sessions,
        Err(cause) => {
            error!(error = &cause as &dyn Error, "sessions were not listed");
            return member.trouble(&refusal.unwrap_or(Refusal::Unavailable));
        }
    };
    let current = member.person.session.id;
    let view = DevicesView {
        form: FormView { refusal: refusal.clone() },
        devices: sessions.iter().map(|session| device(session, current)).collect(),
    };
    member.respond(refusal.as_ref(), view.render(&member.page()))
}

fn device(session: &Session, current: SessionId) -> DeviceItem<'_> {
    DeviceItem {
        id: session.id.as_uuid().to_string(),
        browser: session.device.browser(),
        system: session.device.system(),
        is_app: session.device.kind() == DeviceKind::App,
        address: session.address.parse::<IpAddr>().map(masked_address).unwrap_or_default(),
        since: session.created_at,
        last_seen: session.last_seen_at,
        is_current: session.id == current,
    }
}
