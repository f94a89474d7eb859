//! One client made of several.

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
#[cfg(feature = "dispatch")]
mod inquiry;
pub(crate) mod journal;
mod lane;
mod latency;
mod order;
mod policy;
mod report;
mod route;
mod trip;
pub(crate) mod verdict;

/// Sends each message through one of several gateways, and through another one when that is safe.
///
/// - What certainly was not sent goes to the next gateway at once. What was refused goes on only
///   where the class of the refusal allows it: never around a cap on a number or an opt-out.
/// - What may have been sent is given to the same gateway again under the same key where that
///   cannot make two of it; else the gateway is asked; else [`InDoubt`] decides. It is always the
///   same message with the same code.
/// - All of it ends by [`RouterPolicy::deadline`], and no gateway gets more than its share of the
///   time or more calls at once than its [`slots`](Route::slots).
/// - The outcome is what is known of the message, not of the last try: once a try may have gone
///   out, no refusal of another gateway takes that back.
///
/// It starts no task and needs a tokio runtime with time. Dropping the future abandons the message
/// in an unknown state; [`Dispatch`](crate::Dispatch) keeps a record for that case.
pub struct Router {
    lanes: Vec<Lane>,
    policy: RouterPolicy,
    conversion: Arc<Conversion>,
    clock: Clock,
    rng: Mutex<Box<dyn Rng + Send>>,
}

impl Router {
    /// A router over `routes`, which goes by `policy`. `rng` draws between gateways and spreads
    /// pauses; nothing secret depends on it.
    ///
    /// # Errors
    ///
    /// When there is no route, two gateways have one name, or a value of the policy cannot be used.
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

    /// Prefers gateways by what `conversion` knows. It is shared with whoever feeds it.
    #[must_use]
    pub fn with_conversion(mut self, conversion: Arc<Conversion>) -> Self {
        self.conversion = conversion;
        self
    }

    /// What the gateways behind this router convert.
    #[must_use]
    pub fn conversion(&self) -> &Arc<Conversion> {
        &self.conversion
    }

    /// What the clock says that the router goes by.
    #[cfg(feature = "dispatch")]
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// How long a message may take.
    #[cfg(feature = "dispatch")]
    pub(crate) fn deadline(&self) -> Duration {
        self.policy.deadline
    }

    /// The gateways that would be asked for a message like `kind`, whatever their state is now.
    /// None means that such a message cannot be sent.
    pub fn routes(&self, kind: MessageKind) -> impl Iterator<Item = &str> {
        let lanes = self.lanes.iter().filter(move |lane| lane.covers(kind).is_ok());
        lanes.map(Lane::name)
    }

    /// The reader of the receipts that the gateway of that route pushes, if it does.
    #[must_use]
    pub fn receipts(&self, gateway: &str) -> Option<&dyn ReceiptReader> {
        self.lane(gateway)?.gateway().receipts()
    }

    fn lane(&self, gateway: &str) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.name() == gateway)
    }

    /// Sends `message` and tells what happened at each gateway.
    pub async fn route(&self, message: &Message) -> Report {
        self.travel(message, &[], &NoJournal).await
    }

    /// As [`route`](Self::route), after what is on record of earlier tries, and with every step put
    /// on record.
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
    /// What holds whichever gateway it takes: a message that is routed twice may go through two.
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
