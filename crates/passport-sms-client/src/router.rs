//! Router: one client made of several gateways.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "dispatch")]
use std::time::Duration;

use async_trait::async_trait;
use rand::Rng;
#[cfg(feature = "dispatch")]
use time::OffsetDateTime;

use crate::client::{Capabilities, ContentKind, Gap, MessageKind, SmsClient};
use crate::clock::Clock;
use crate::conversion::Conversion;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::receipts::ReceiptReader;
use crate::router::journal::{Journal, NoJournal, Prior};
use crate::router::lane::Lane;
use crate::router::trip::Trip;
use crate::settings::SettingsError;

pub use crate::router::policy::{BreakerPolicy, InDoubt, RouterPolicy};
pub use crate::router::report::{Report, Visit};
pub use crate::router::route::Route;

mod attempt;
mod breaker;
mod budget;
mod candidate;
#[cfg(feature = "dispatch")]
mod inquiry;
pub(crate) mod journal;
mod lane;
mod latency;
mod order;
mod policy;
mod report;
mod rests;
mod route;
mod trip;
pub(crate) mod verdict;

/// Sends each message through one of several gateways, and through another one if that is safe.
///
/// - A message that was certainly not sent goes to the next gateway at once. A refused message goes
///   on only if the class of the refusal allows it: never to bypass a cap per number or an opt-out.
/// - A message that may have been sent is repeated at the same gateway under the same idempotency
///   key if that cannot send it twice; otherwise the gateway is queried; otherwise [`InDoubt`]
///   decides. The code stays the same.
/// - Everything ends by [`RouterPolicy::deadline`], and no gateway gets more than its share of the
///   time, or more simultaneous calls than its [`slots`](Route::slots).
/// - The outcome is what is known of the message, not of the last attempt: after an attempt that
///   may have sent it, no refusal of another gateway makes it "not sent".
///
/// The router spawns no task and needs a tokio runtime with time. Dropping the future abandons the
/// message in an unknown state; [`Dispatch`](crate::Dispatch) keeps a record for that case.
pub struct Router {
    lanes: Vec<Lane>,
    policy: RouterPolicy,
    conversion: Arc<Conversion>,
    clock: Clock,
    rng: Mutex<Box<dyn Rng + Send>>,
}

impl Router {
    /// A router over `routes` with that `policy`. `rng` chooses between gateways and varies pauses;
    /// no secret depends on it.
    ///
    /// # Errors
    ///
    /// There is no route, two routes have one name, or a value of the policy cannot be used.
    pub fn new(
        routes: Vec<Route>,
        policy: RouterPolicy,
        clock: Clock,
        rng: impl Rng + Send + 'static,
    ) -> Result<Self, SettingsError> {
        let refuse = |setting, allowed| Err(SettingsError::new(setting, allowed));
        if routes.is_empty() {
            return refuse("routes", "at least one");
        }
        let mut names: Vec<_> = routes.iter().map(|route| route.name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse("routes", "routes of different names");
        }
        if policy.deadline.is_zero() || policy.attempt_timeout.is_zero() {
            return refuse("deadline and attempt_timeout", "longer than nothing");
        }
        if !(0.0..=1.0).contains(&policy.explore) {
            return refuse("explore", "from 0 to 1");
        }
        let lanes = routes.into_iter().map(|route| Lane::new(route, policy.breaker)).collect();
        let rng: Mutex<Box<dyn Rng + Send>> = Mutex::new(Box::new(rng));
        Ok(Self { lanes, policy, conversion: Arc::default(), clock, rng })
    }

    /// Prefers gateways by their rates in `conversion`, which is shared with its source of
    /// observations.
    #[must_use]
    pub fn with_conversion(mut self, conversion: Arc<Conversion>) -> Self {
        self.conversion = conversion;
        self
    }

    /// The delivery statistics of the gateways.
    #[must_use]
    pub fn conversion(&self) -> &Arc<Conversion> {
        &self.conversion
    }

    /// The present moment of the router's clock.
    #[cfg(feature = "dispatch")]
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Time limit for a message.
    #[cfg(feature = "dispatch")]
    pub(crate) fn deadline(&self) -> Duration {
        self.policy.deadline
    }

    /// The routes that cover messages of that kind, in whatever state their gateways are. Without
    /// any, such a message cannot be sent.
    pub fn routes(&self, kind: MessageKind) -> impl Iterator<Item = &str> {
        let lanes = self.lanes.iter().filter(move |lane| lane.covers(kind).is_ok());
        lanes.map(Lane::name)
    }

    /// The reader of the receipts of the gateway with that name, if it pushes any.
    #[must_use]
    pub fn receipts(&self, gateway: &str) -> Option<&dyn ReceiptReader> {
        self.lane(gateway)?.gateway().receipts()
    }

    fn lane(&self, gateway: &str) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.name() == gateway)
    }

    /// Sends `message` and reports the result at each gateway.
    pub async fn route(&self, message: &Message) -> Report {
        self.travel(message, &[], &NoJournal).await
    }

    /// Like [`route`](Self::route), but after recorded earlier attempts, and with a record of every
    /// step.
    pub(crate) async fn travel(
        &self,
        message: &Message,
        priors: &[Prior],
        journal: &dyn Journal,
    ) -> Report {
        Trip::new(self, message, journal).run(priors).await
    }

    fn rng(&self) -> MutexGuard<'_, Box<dyn Rng + Send>> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SmsClient for Router {
    /// Only promises that hold for every route, because a message that is routed twice may go
    /// through two gateways.
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(ContentKind::FreeText)
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        let mut gap = Gap::Destination;
        for lane in &self.lanes {
            match lane.covers(*kind) {
                Ok(()) => return Ok(()),
                Err(Gap::Template) => gap = Gap::Template,
                Err(Gap::Destination) => {}
            }
        }
        Err(gap)
    }

    async fn send(&self, message: &Message) -> Outcome {
        self.route(message).await.outcome
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("lanes", &self.lanes)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
