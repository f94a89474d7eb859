use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use passport_auth::{
    AccountNotice, BoxError, CodeMessage, CodeSender, Locale, MessageId, NoticeSender, SendOutcome,
};
use passport_sms_client::{
    Cause, Class, Dispatch, Intent, Message, OneTimeCode, Outcome, Recipient, Rejection, Report,
    Scope, Visit,
};
use passport_user::PhoneNumber;
use tokio::{runtime::Handle, sync::mpsc};
use tracing::{debug, warn};
use uuid::Uuid;

use crate::{
    notices::NoticeQueue,
    outcome::log,
    topics::{locale_of, purpose_of},
};

/// Capacity of the queue of delivery confirmations. When it is full a confirmation is dropped,
/// which affects statistics only.
const MARKS: usize = 1_024;

/// Sends codes and notices through the configured gateways.
#[derive(Debug)]
pub struct SmsSender {
    dispatch: Arc<Dispatch>,
    redeemed: mpsc::Sender<Uuid>,
    notices: NoticeQueue,
}

impl SmsSender {
    /// Starts a task on `runtime` that records redeemed codes, and one that sends notices; they end with
    /// the sender.
    pub fn start(dispatch: Arc<Dispatch>, runtime: &Handle) -> Self {
        let (redeemed, marks) = mpsc::channel(MARKS);
        runtime.spawn(mark(Arc::clone(&dispatch), marks));
        let notices = NoticeQueue::start(Arc::clone(&dispatch), runtime);
        Self { dispatch, redeemed, notices }
    }

    /// Number of notices that are not sent yet.
    pub fn waiting(&self) -> usize {
        self.notices.waiting()
    }

    /// Waits until all notices are sent, at most for `timeout`. Returns the number of those that are not.
    pub async fn finish(&self, timeout: Duration) -> usize {
        self.notices.finish(timeout).await
    }
}

#[async_trait]
impl CodeSender for SmsSender {
    async fn send(&self, message: &CodeMessage) -> SendOutcome {
        let (phone, start) = (message.to.masked(), Instant::now());
        let message = match sms_message(message) {
            Ok(message) => message,
            Err(error) => return SendOutcome::NotSent(error),
        };
        let report = self.dispatch.deliver(&message).await;
        log(&phone, message.id, &report, start);
        delivery(report)
    }

    fn redeemed(&self, message: MessageId) {
        if let Err(error) = self.redeemed.try_send(message.as_uuid()) {
            debug!(id = %message.as_uuid(), %error, "cannot record the delivery of a message");
        }
    }
}

impl NoticeSender for SmsSender {
    fn send(&self, phone: &PhoneNumber, notice: AccountNotice, locale: Locale) {
        self.notices.push(phone, notice, locale);
    }
}

/// Records redeemed codes one by one, so that a slow database gets one request at a time.
async fn mark(dispatch: Arc<Dispatch>, mut marks: mpsc::Receiver<Uuid>) {
    while let Some(id) = marks.recv().await {
        match dispatch.redeemed(id).await {
            Ok(is_news) => debug!(%id, is_news, "message arrived"),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                warn!(%id, error, "cannot record the delivery of a message");
            }
        }
    }
}

fn delivery(report: Report) -> SendOutcome {
    // A gateway that was only down might have sent it.
    let is_refused = |it: &Visit| matches!(it.outcome, Outcome::Rejected(_));
    let refused_by_all = report.visits.iter().all(is_refused);
    match report.outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate => SendOutcome::Accepted,
        Outcome::Unknown(cause) => SendOutcome::Unknown(Box::new(cause)),
        Outcome::NotSent(cause @ Cause::Unrecorded(_)) => SendOutcome::NotRecorded(Box::new(cause)),
        Outcome::NotSent(cause) => SendOutcome::NotSent(Box::new(cause)),
        Outcome::Rejected(rejection) => match rejection.class {
            Class::BadRecipient | Class::RecipientBlocked => {
                SendOutcome::RecipientRefused(describe(&rejection))
            }
            Class::RecipientThrottled => SendOutcome::RecipientThrottled {
                until: rejection.until,
                cause: describe(&rejection),
            },
            Class::UnsupportedDestination | Class::Config
                if refused_by_all && rejection.scope == Scope::Number =>
            {
                SendOutcome::NumberNotServed(describe(&rejection))
            }
            Class::Content | Class::BadRequest | Class::UnknownCode if refused_by_all => {
                SendOutcome::MessageRefused(describe(&rejection))
            }
            Class::UnsupportedDestination
            | Class::AccountThrottled
            | Class::Content
            | Class::Config
            | Class::BadRequest
            | Class::Transient
            | Class::UnknownCode => SendOutcome::NotSent(describe(&rejection)),
        },
    }
}

fn sms_message(message: &CodeMessage) -> Result<Message, BoxError> {
    Ok(Message {
        id: message.id.as_uuid(),
        to: message.to.as_e164().parse::<Recipient>()?,
        intent: Intent::Code {
            purpose: purpose_of(message.purpose),
            code: message.code.expose().parse::<OneTimeCode>()?,
            valid_for: message.valid_for,
        },
        locale: locale_of(message.locale),
    })
}

fn describe(rejection: &Rejection) -> BoxError {
    format!("{:?}, code {}", rejection.class, rejection.code).into()
}
