use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::Profile;
use passport_pages::{Happening, HistoryActor, HistoryItem, HistoryView};
use passport_user::{AccountEvent, Actor, EventId, EventKind, EventOutcome};
use uuid::Uuid;

use super::{member::Member, unmet::denied};
use crate::http::pages::missing;

/// `GET /account/history`, with `?after=` for the events before that one.
pub(in crate::http::pages) async fn show(
    request: HttpRequest,
    member: Member,
    profile: web::Data<Profile>,
) -> HttpResponse {
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    let after = query.find(|(key, _)| key == "after").map(|(_, id)| id.parse::<Uuid>());
    let Ok(after) = after.transpose() else { return missing::not_found(&request) };
    let events = match profile.history(&member.person, after.map(EventId::from_uuid)).await {
        Ok(events) => events,
        Err(cause) => return member.trouble(&denied(&cause)),
    };
    let is_full = events.len() == Profile::PAGE as usize;
    let last = events.last().filter(|_| is_full).map(|event| event.id.as_uuid());
    let session = member.person.session.id.as_uuid();
    let view = HistoryView {
        events: events.iter().map(|event| item(event, session)).collect(),
        is_continued: after.is_some(),
        older: last.map(|id| format!("/account/history?after={id}")),
    };
    member.respond(None, view.render(&member.page()))
}

fn item(event: &AccountEvent, session: Uuid) -> HistoryItem<'_> {
    HistoryItem {
        at: event.at,
        what: happening(event.kind),
        is_refused: matches!(event.outcome, EventOutcome::Refused(_)),
        actor: match event.actor {
            Actor::User(_) => HistoryActor::You,
            Actor::Operator(_) => HistoryActor::Operator,
            Actor::System => HistoryActor::Service,
            Actor::Anonymous => HistoryActor::Unknown,
        },
        address: event.address.as_deref(),
        is_here: event.session == Some(session),
    }
}

fn happening(kind: EventKind) -> Happening {
    match kind {
        EventKind::CodeSent => Happening::CodeSent,
        EventKind::UserCreated => Happening::UserCreated,
        EventKind::SessionBegun => Happening::SessionBegun,
        EventKind::SessionEnded => Happening::SessionEnded,
        EventKind::SessionsEnded => Happening::SessionsEnded,
        EventKind::SessionConfirmed => Happening::SessionConfirmed,
        EventKind::PasswordChanged => Happening::PasswordChanged,
        EventKind::PasswordReset => Happening::PasswordReset,
        EventKind::NumberChanged => Happening::NumberChanged,
        EventKind::NumberUndone => Happening::NumberUndone,
        EventKind::UserRenamed => Happening::UserRenamed,
        EventKind::UserLeaving => Happening::UserLeaving,
        EventKind::UserRestored => Happening::UserRestored,
        EventKind::UserPurged => Happening::UserPurged,
        EventKind::UserDisabled => Happening::UserDisabled,
        EventKind::UserEnabled => Happening::UserEnabled,
        EventKind::UserExported => Happening::UserExported,
        EventKind::UserUnlocked => Happening::UserUnlocked,
        EventKind::LimitsReset => Happening::LimitsReset,
        EventKind::OperatorLooked => Happening::OperatorLooked,
        EventKind::OperatorAdmitted => Happening::OperatorAdmitted,
        EventKind::OperatorTokenAdded => Happening::OperatorTokenAdded,
        EventKind::OperatorTokenRemoved => Happening::OperatorTokenRemoved,
        EventKind::KeyRotated => Happening::KeyRotated,
        EventKind::KeyRetired => Happening::KeyRetired,
        EventKind::AuditPurged => Happening::AuditPurged,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use passport_pages::Language;

    use super::*;

    #[test]
    fn every_kind_of_event_has_its_own_words_in_every_language() {
        for language in Language::ALL {
            let mut seen = HashSet::new();
            for kind in EventKind::ALL {
                for is_refused in [false, true] {
                    let text = happening(*kind).text(language, is_refused);
                    assert!(!text.is_empty() && seen.insert(text), "{language:?} {kind} {text}");
                }
            }
        }
    }
}
