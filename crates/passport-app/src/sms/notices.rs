use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use futures::{StreamExt, stream};
use passport_auth::{AccountNotice, Locale};
use passport_sms_client::{
    Dispatch, Intent, Message, MessageKind, ParseRecipientError, Prefix, Recipient,
};
use passport_user::PhoneNumber;
use tokio::sync::mpsc;
use tracing::{debug, warn};
use uuid::Uuid;

use super::{
    sender::log,
    topics::{locale_of, notice_of},
};

/// Capacity of the queue of notices. When it is full a notice is dropped, with a warning: changes of
/// accounts are not held up by a gateway that is down.
const WAITING: usize = 1_024;
/// Number of notices that are sent at the same time: few, so that they take no slots of a gateway
/// from codes, for which people wait.
const AT_ONCE: usize = 8;

/// Sends notices in the background.
///
/// Each is recorded in the outbox, sealed, before it is handed to a gateway. A process that stops
/// leaves it to be resumed under the same conditions as a code, except for notices that still wait in
/// the queue: these are lost.
#[derive(Debug)]
pub(super) struct NoticeQueue {
    dispatch: Arc<Dispatch>,
    waiting: mpsc::Sender<Notice>,
    /// Kinds of notices without a route that were logged.
    unrouted: Mutex<HashSet<MessageKind>>,
}

#[derive(Debug)]
struct Notice {
    /// The masked number, for the log.
    phone: String,
    message: Message,
}

impl NoticeQueue {
    /// Starts a task that sends the notices; it ends when the queue is dropped and empty.
    pub(super) fn start(dispatch: Arc<Dispatch>) -> Self {
        let (waiting, notices) = mpsc::channel(WAITING);
        tokio::spawn(send_all(Arc::clone(&dispatch), notices));
        Self { dispatch, waiting, unrouted: Mutex::default() }
    }

    pub(super) fn push(&self, phone: &PhoneNumber, notice: AccountNotice, locale: Locale) {
        let masked = phone.masked();
        let message = match notice_message(phone, notice, locale) {
            Ok(message) => message,
            Err(error) => {
                warn!(phone = masked, ?notice, %error, "notice not sent");
                return;
            }
        };
        if !self.has_route(&message) {
            return;
        }
        if let Err(error) = self.waiting.try_send(Notice { phone: masked.clone(), message }) {
            // The error would print the message.
            let error = match error {
                mpsc::error::TrySendError::Full(_) => "too many notices are waiting",
                mpsc::error::TrySendError::Closed(_) => "the service is stopping",
            };
            warn!(phone = masked, ?notice, error, "notice not sent");
        }
    }

    /// Whether any gateway covers the message. If none does, that is logged once for each topic,
    /// language and country, because it stays so until the settings change.
    fn has_route(&self, message: &Message) -> bool {
        let kind = MessageKind::by(message);
        if self.dispatch.router().routes(kind).next().is_some() {
            return true;
        }
        let kind = MessageKind { destination: Prefix::country_of(&message.to), ..kind };
        let (topic, locale) = (kind.topic.as_str(), kind.locale.as_str());
        let destination = kind.destination;
        let is_news = self.unrouted.lock().unwrap_or_else(PoisonError::into_inner).insert(kind);
        if is_news {
            warn!(topic, locale, %destination, "no gateway can send this notice: see `passport sms lint`");
        } else {
            debug!(topic, locale, %destination, "notice not sent: no gateway can send it");
        }
        false
    }
}

async fn send_all(dispatch: Arc<Dispatch>, notices: mpsc::Receiver<Notice>) {
    let notices = stream::unfold(notices, |mut notices| async move {
        let notice = notices.recv().await?;
        Some((notice, notices))
    });
    notices.for_each_concurrent(AT_ONCE, |notice| send(&dispatch, notice)).await;
}

async fn send(dispatch: &Dispatch, Notice { phone, message }: Notice) {
    let start = Instant::now();
    let report = dispatch.deliver(&message).await;
    log(&phone, message.id, &report, start);
}

fn notice_message(
    phone: &PhoneNumber,
    notice: AccountNotice,
    locale: Locale,
) -> Result<Message, ParseRecipientError> {
    Ok(Message {
        id: Uuid::now_v7(),
        to: phone.as_e164().parse::<Recipient>()?,
        intent: Intent::Notice(notice_of(notice)),
        locale: locale_of(locale),
    })
}
