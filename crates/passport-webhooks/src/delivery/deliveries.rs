use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use passport_user::UserRepository;
use rand::RngExt;
use time::OffsetDateTime;
use tokio::{
    runtime::Handle,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::{debug, error, info, warn};
use uuid::Uuid;

use super::sender::{Answer, Attempt, Sender, Unsent};
use crate::{
    Backlog, Body, Claimed, Endpoint, Lease, Settled, Subscription, WebhookStore,
    WebhookStoreError, retry_after,
};

/// Pause between two claims of an endpoint for which nothing is due.
const POLL_EVERY: Duration = Duration::from_millis(500);
/// Pause after a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(5);
/// Pause between two measurements of what waits.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
/// Part of a lease that is left when a try has ended: for slow stores and clocks that differ.
const LEASE_RESERVE: Duration = Duration::from_secs(15);

/// Source of the present time.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// Tasks that deliver what is queued. Each endpoint has its own, so a slow one does not delay others.
pub struct Deliveries {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

/// What a task needs.
struct Worker {
    endpoint: Endpoint,
    store: Arc<dyn WebhookStore>,
    users: Arc<dyn UserRepository>,
    sender: Sender,
    clock: Clock,
}

impl Deliveries {
    /// Subscribes `endpoints`, each with its sender, and starts their tasks on `runtime`. Whole numbers are
    /// read from `users`.
    ///
    /// # Errors
    ///
    /// If the store could not answer.
    pub async fn start(
        endpoints: Vec<(Endpoint, Sender)>,
        store: Arc<dyn WebhookStore>,
        users: Arc<dyn UserRepository>,
        clock: Clock,
        runtime: &Handle,
    ) -> Result<Self, WebhookStoreError> {
        let subscription = |(it, _): &(Endpoint, Sender)| Subscription {
            endpoint: it.name.clone(),
            events: it.events.clone(),
        };
        store.subscribe(&endpoints.iter().map(subscription).collect::<Vec<_>>()).await?;
        let (stop, stopping) = watch::channel(false);
        let mut tasks = JoinSet::new();
        if !endpoints.is_empty() {
            tasks.spawn_on(measure(Arc::clone(&store), stopping.clone()), runtime);
        }
        for (endpoint, sender) in endpoints {
            let (store, users, clock) =
                (Arc::clone(&store), Arc::clone(&users), Arc::clone(&clock));
            let worker = Arc::new(Worker { endpoint, store, users, sender, clock });
            tasks.spawn_on(deliver(worker, stopping.clone()), runtime);
        }
        Ok(Self { tasks, stop })
    }

    /// Stops claiming, and waits for the tries under way, at most for `limit`. A try that is cut off is
    /// repeated once its lease has ended.
    pub async fn finish(mut self, limit: Duration) {
        self.stop.send_replace(true);
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(limit, ending).await.is_err() {
            warn!("webhooks under way were cut off, and are tried again");
        }
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliveries").field("tasks", &self.tasks.len()).finish_non_exhaustive()
    }
}

/// Claims what is due for an endpoint, as much as may be under way.
async fn deliver(worker: Arc<Worker>, mut stopping: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    while !*stopping.borrow() {
        while running.try_join_next().is_some() {}
        let free = worker.endpoint.concurrency.saturating_sub(running.len());
        let pause = match worker.claim(free).await {
            Ok((_, claimed)) if claimed.is_empty() => POLL_EVERY,
            Ok((lease, claimed)) => {
                for it in claimed {
                    let worker = Arc::clone(&worker);
                    running.spawn(async move { worker.attempt(it, lease).await });
                }
                continue;
            }
            Err(error) => {
                let endpoint = worker.endpoint.name.as_str();
                let error = &error as &dyn Error;
                error!(endpoint, error, "webhooks could not be claimed");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            // The next claim has more room.
            Some(_) = running.join_next(), if free == 0 => {}
            _ = stopping.changed() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Measures what waits for each endpoint, and leaves events out where that is too much.
async fn measure(store: Arc<dyn WebhookStore>, mut stopping: watch::Receiver<bool>) {
    let mut known = BTreeMap::new();
    while !*stopping.borrow() {
        match store.overview().await {
            Ok(endpoints) => {
                for it in endpoints {
                    let backlog = Backlog::of(it.waiting);
                    let endpoint = it.name.as_str();
                    if known.insert(it.name.clone(), backlog) == Some(backlog)
                        && backlog == it.backlog
                    {
                        continue;
                    }
                    if backlog > Backlog::Room {
                        let (waiting, left_out) = (it.waiting, backlog.as_str());
                        warn!(endpoint, waiting, left_out, "webhooks are left out: too many wait");
                    }
                    if let Err(error) = store.set_backlog(&it.name, backlog).await {
                        let error = &error as &dyn Error;
                        warn!(endpoint, error, "backlog of webhooks could not be stored");
                    }
                }
            }
            Err(error) => {
                let error = &error as &dyn Error;
                warn!(error, "webhooks that wait could not be counted");
            }
        }
        tokio::select! {
            () = sleep(MEASURE_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

impl Worker {
    async fn claim(&self, limit: usize) -> Result<(Uuid, Vec<Claimed>), WebhookStoreError> {
        let token = Uuid::new_v4();
        if limit == 0 {
            return Ok((token, Vec::new()));
        }
        let now = (self.clock)();
        let lease = Lease { token, until: now + self.endpoint.timeout + LEASE_RESERVE };
        Ok((token, self.store.claim(&self.endpoint.name, lease, now, limit).await?))
    }

    /// Tries a delivery, and stores the result.
    async fn attempt(&self, claimed: Claimed, lease: Uuid) {
        let Claimed { id, event, tries } = &claimed;
        let started = Instant::now();
        let webhook_id = id.webhook_id();
        let answer = match self.mobile(&claimed).await {
            Err(unread) => Err(unread),
            Ok(mobile) => {
                let body = Body::new(id.event_type, event, mobile).to_json();
                let timestamp = (self.clock)().unix_timestamp();
                let attempt = Attempt { id: &webhook_id, timestamp, body: &body };
                self.sender.post(&self.endpoint, attempt).await
            }
        };
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (endpoint, event_type) = (self.endpoint.name.as_str(), id.event_type.as_str());
        let result = self.judge(*tries, &answer);
        match &result {
            Settled::Delivered { .. } => {
                info!(
                    endpoint,
                    id = webhook_id,
                    event_type,
                    tries,
                    milliseconds,
                    "webhook delivered"
                );
            }
            Settled::Retry { due_at, note } => {
                warn!(
                    endpoint, id = webhook_id, event_type, tries, milliseconds, %due_at, reason = note,
                    "webhook not delivered; it is tried again"
                );
            }
            Settled::Failed { note, .. } => {
                error!(
                    endpoint,
                    id = webhook_id,
                    event_type,
                    tries,
                    milliseconds,
                    reason = note,
                    "webhook not delivered; `passport webhook replay` queues it again"
                );
            }
        }
        self.settle(&claimed, lease, &result, &answer).await;
    }

    async fn settle(
        &self,
        claimed: &Claimed,
        lease: Uuid,
        result: &Settled,
        answer: &Result<Answer, Unsent>,
    ) {
        let endpoint = self.endpoint.name.as_str();
        match self.store.settle(&claimed.id, lease, result).await {
            Ok(true) => {}
            Ok(false) => debug!(endpoint, "webhook was settled or claimed elsewhere"),
            Err(error) => {
                let error = &error as &dyn Error;
                error!(endpoint, error, "result of a webhook was not stored; it is tried again");
            }
        }
        if !matches!(answer, Ok(Answer { status: 410, .. })) {
            return;
        }
        match self.store.disable(&self.endpoint.name, (self.clock)()).await {
            Ok(true) => error!(
                endpoint,
                "endpoint answered 410 and is disabled; `passport webhook enable` undoes it"
            ),
            Ok(false) => {}
            Err(error) => {
                let error = &error as &dyn Error;
                error!(endpoint, error, "endpoint answered 410 and could not be disabled");
            }
        }
    }

    /// The whole number of the user, for an endpoint that gets it.
    async fn mobile(&self, claimed: &Claimed) -> Result<Option<String>, Unsent> {
        let event = &claimed.event;
        let Some(user) = event.subject.filter(|_| self.endpoint.reveal_mobile) else {
            return Ok(None);
        };
        let found = self.users.find(user).await;
        let found = found.map_err(|error| Unsent::because("the user was not read", &error))?;
        Ok(found.and_then(|user| user.phone).map(|phone| phone.as_e164().to_owned()))
    }

    fn judge(&self, tries: u32, answer: &Result<Answer, Unsent>) -> Settled {
        let at = (self.clock)();
        let (note, asked) = match answer {
            Ok(Answer { status: 200..=299, .. }) => return Settled::Delivered { at },
            Ok(Answer { status: 410, .. }) => {
                let note = "status 410: the endpoint is gone".to_owned();
                return Settled::Failed { at, note };
            }
            Ok(Answer { status: status @ 300..=399, .. }) => {
                (format!("status {status}: redirects are not followed"), None)
            }
            Ok(Answer { status, retry_after }) => (format!("status {status}"), *retry_after),
            Err(unsent) => (unsent.to_string(), None),
        };
        match retry_after(tries, rand::rng().random_range(0.0..1.0)) {
            Some(pause) => {
                let pause = pause.max(asked.unwrap_or_default());
                Settled::Retry { due_at: at + pause, note }
            }
            None => Settled::Failed { at, note },
        }
    }
}
