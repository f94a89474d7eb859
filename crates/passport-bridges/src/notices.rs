use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use passport_auth::{AccountNotice, Clock as _, Locale, SystemClock};
use passport_sms_client::{
    Dispatch, Intent, Message, MessageKind, ParseRecipientError, Prefix, Recipient,
};
use passport_user::PhoneNumber;
use time::OffsetDateTime;
use tokio::{runtime::Handle, sync::mpsc, time::timeout as within};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};
use tracing::{debug, warn};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{
    outcome::log,
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
/// leaves it to be resumed under the same conditions as a code. Notices that still wait in the queue are
/// sent before the process ends, if there is time: see [`finish`](Self::finish).
#[derive(Debug)]
pub(crate) struct NoticeQueue {
    dispatch: Arc<Dispatch>,
    waiting: mpsc::Sender<Notice>,
    /// The notices that wait and those that are being sent.
    unsent: TaskTracker,
    /// Kinds of notices without a route that were logged.
    unrouted: Mutex<HashSet<MessageKind>>,
}

#[derive(Debug)]
struct Notice {
    /// The masked number, for the log.
    phone: String,
    message: Message,
    unsent: TaskTrackerToken,
}

impl NoticeQueue {
    /// Starts a task on `runtime` that sends the notices; it ends when the queue is dropped and empty.
    pub(crate) fn start(dispatch: Arc<Dispatch>, runtime: &Handle) -> Self {
        let (waiting, notices) = mpsc::channel(WAITING);
        runtime.spawn(send_all(Arc::clone(&dispatch), notices));
        Self { dispatch, waiting, unsent: TaskTracker::new(), unrouted: Mutex::default() }
    }

    /// Number of notices that are not sent yet.
    pub(crate) fn waiting(&self) -> usize {
        self.unsent.len()
    }

    /// Waits until all notices are sent, at most for `timeout`. Returns the number of those that are not.
    pub(crate) async fn finish(&self, timeout: Duration) -> usize {
        self.unsent.close();
        // The timeout itself is ignored; only the number of unsent notices matters.
        let _ = within(timeout, self.unsent.wait()).await;
        self.unsent.len()
    }

    pub(crate) fn push(&self, phone: &PhoneNumber, notice: AccountNotice, locale: Locale) {
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
        let queued = Notice { phone: masked.clone(), message, unsent: self.unsent.token() };
        if let Err(error) = self.waiting.try_send(queued) {
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

async fn send(dispatch: &Dispatch, Notice { phone, message, unsent }: Notice) {
    let start = Instant::now();
    let report = dispatch.deliver(&message).await;
    log(&phone, message.id, &report, start);
    drop(unsent);
}

fn notice_message(
    phone: &PhoneNumber,
    notice: AccountNotice,
    locale: Locale,
) -> Result<Message, ParseRecipientError> {
    Ok(Message {
        id: ordered_id(SystemClock.now()),
        to: phone.as_e164().parse::<Recipient>()?,
        intent: Intent::Notice(notice_of(notice)),
        locale: locale_of(locale),
    })
}

/// A new UUID of version 7.
fn ordered_id(now: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.nanosecond()))
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{
        Clock, Console, Figure, Gateway, Parameter, Route, Router, RouterPolicy, SealingKey,
        Template, Templates,
    };
    use passport_sms_gateways::{Site, aliyun};
    use passport_storage_memory::MemoryOutbox;
    use rand::{SeedableRng, rngs::StdRng};
    use tokio::time::sleep;

    use super::*;

    fn clock() -> Clock {
        Clock::new(|| SystemClock.now())
    }

    fn dispatch(gateway: impl Gateway) -> Arc<Dispatch> {
        let (rng, route) = (StdRng::seed_from_u64(1), Route::new("one", Arc::new(gateway)));
        let router = Router::new(vec![route], RouterPolicy::default(), clock(), rng).unwrap();
        let (outbox, rng) = (Arc::new(MemoryOutbox::default()), StdRng::seed_from_u64(2));
        Arc::new(Dispatch::new(router, outbox, SealingKey::new([7; 32]), rng))
    }

    fn phone(text: &str) -> PhoneNumber {
        text.parse().unwrap()
    }

    async fn figures(dispatch: &Dispatch) -> Vec<Figure> {
        let now = SystemClock.now();
        let (from, to) = (now - Duration::from_hours(1), now + Duration::from_hours(1));
        dispatch.outbox().figures(from, to).await.unwrap()
    }

    /// Waits until the outbox has that many accepted messages.
    async fn accepted(dispatch: &Dispatch, count: u64) {
        for _ in 0..1_000 {
            let accepted: u64 = figures(dispatch).await.iter().map(|it| it.accepted).sum();
            if accepted == count {
                return;
            }
            sleep(Duration::from_millis(5)).await;
        }
        panic!("{count} notices expected: {:?}", figures(dispatch).await);
    }

    #[tokio::test]
    async fn every_notice_is_sent_and_recorded() {
        let console = Console::new(clock());
        let (inbox, dispatch) = (console.inbox(), dispatch(console));
        let notices = NoticeQueue::start(Arc::clone(&dispatch), &Handle::current());
        for notice in AccountNotice::ALL {
            for locale in Locale::ALL {
                notices.push(&phone("13800138000"), notice, locale);
            }
        }
        assert!(inbox.messages().is_empty(), "the caller does not wait");
        accepted(&dispatch, 12).await;
        let messages = inbox.messages();
        let texts: HashSet<_> = messages.iter().map(|it| it.text.as_str()).collect();
        assert_eq!((messages.len(), texts.len()), (12, 12), "{texts:?}");
        assert!(messages.iter().all(|it| it.to().as_str() == "+8613800138000"));
        assert!(texts.iter().any(|it| it.contains("不是我更换的号码")), "{texts:?}");
    }

    #[tokio::test]
    async fn notices_that_wait_are_sent_before_the_end() {
        let dispatch = dispatch(Console::new(clock()));
        let notices = NoticeQueue::start(Arc::clone(&dispatch), &Handle::current());
        assert_eq!(notices.finish(Duration::ZERO).await, 0);
        for _ in 0..20 {
            notices.push(&phone("13800138000"), AccountNotice::PasswordChanged, Locale::En);
        }
        // No task has run since, because this test has one thread.
        assert_eq!(notices.unsent.len(), 20);
        assert_eq!(notices.finish(Duration::from_secs(30)).await, 0);
        let sent: u64 = figures(&dispatch).await.iter().map(|it| it.accepted).sum();
        assert_eq!(sent, 20);
    }

    #[tokio::test]
    async fn a_notice_without_a_route_is_neither_sent_nor_recorded() {
        let codes = Templates::new(Template::new("SMS_1", [Parameter::Code]));
        let settings = aliyun::Settings::new("id", "key", "Passport", codes);
        let dispatch = dispatch(aliyun::Aliyun::open(settings, &Site::new(clock())).unwrap());
        let notices = NoticeQueue::start(Arc::clone(&dispatch), &Handle::current());
        let push = |number: &str| {
            notices.push(&phone(number), AccountNotice::NumberChanged, Locale::ZhHans);
        };
        let logged = || notices.unrouted.lock().unwrap().len();
        push("13800138000");
        push("13900139000");
        assert_eq!(logged(), 1, "once for a country");
        push("+85251234567");
        assert_eq!(logged(), 2);
        sleep(Duration::from_millis(50)).await;
        let now = SystemClock.now();
        let untried = dispatch.outbox().untried(now - Duration::from_hours(1), now).await.unwrap();
        assert_eq!((figures(&dispatch).await, untried), (Vec::new(), Vec::new()));
    }

    #[tokio::test]
    async fn notices_beyond_the_capacity_of_the_queue_are_dropped() {
        let dispatch = dispatch(Console::new(clock()));
        let notices = NoticeQueue::start(Arc::clone(&dispatch), &Handle::current());
        // No task runs in between, because this test has one thread.
        for _ in 0..WAITING + 5 {
            notices.push(&phone("13800138000"), AccountNotice::PasswordChanged, Locale::En);
        }
        accepted(&dispatch, WAITING as u64).await;
        sleep(Duration::from_millis(50)).await;
        accepted(&dispatch, WAITING as u64).await;
    }
}
