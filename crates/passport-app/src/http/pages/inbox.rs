use actix_web::{HttpResponse, http::StatusCode, web};
use passport_pages::{InboxItem, InboxTopic, InboxView};
use passport_sms_client::{Inbox, InboxMessage, OneTimeCode, Purpose};

use super::context::Context;

/// `GET /dev/inbox`: the latest hundred messages, newest first.
pub(super) async fn show(context: Context, inbox: web::Data<Inbox>) -> HttpResponse {
    let messages = inbox.messages();
    let view = InboxView { messages: messages.iter().map(item).collect() };
    context.respond(StatusCode::OK, view.render(&context.page()))
}

fn item(message: &InboxMessage) -> InboxItem<'_> {
    InboxItem {
        to: message.to().as_str(),
        code: message.code().map(OneTimeCode::expose),
        topic: message.purpose().and_then(topic),
        text: &message.text,
        at: message.at,
    }
}

/// `None` for purposes that the page has no words for.
fn topic(purpose: Purpose) -> Option<InboxTopic> {
    match purpose {
        Purpose::Register => Some(InboxTopic::SignUp),
        Purpose::Login => Some(InboxTopic::SignIn),
        Purpose::Reset => Some(InboxTopic::Reset),
        Purpose::ChangeNumber => Some(InboxTopic::ChangeNumber),
        Purpose::Confirm => Some(InboxTopic::Confirm),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_words() {
        for purpose in Purpose::ALL {
            assert!(topic(purpose).is_some(), "{purpose:?}");
        }
    }
}
