//! Sender: the router with defaults, for services that send a text now and then.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::Gateway;
use crate::clock::Clock;
#[cfg(feature = "dispatch")]
use crate::dispatch::{Dispatch, SealingKey};
use crate::message::{ComposeError, Custom, Intent, Locale, Message, Purpose};
#[cfg(feature = "dispatch")]
use crate::outbox::Outbox;
use crate::router::{InDoubt, Report, Route, Router, RouterPolicy};
use crate::settings::SettingsError;

/// Topic of [`Sender::text`].
const TEXT: &str = "text";

/// Sends texts and codes through one or several gateways.
///
/// Keep one and share it: it knows which gateways are slow or paused, and gateways keep connections. It
/// needs a tokio runtime with I/O and time, and spawns no task. Without
/// [`outbox`](SenderBuilder::outbox) what it knows of a message ends with the process.
pub struct Sender {
    way: Way,
    locale: Locale,
}

enum Way {
    Router(Box<Router>),
    #[cfg(feature = "dispatch")]
    Dispatch(Arc<Dispatch>),
}

impl Sender {
    /// A sender without gateways yet.
    pub fn builder() -> SenderBuilder {
        SenderBuilder {
            routes: Vec::new(),
            policy: RouterPolicy::default(),
            locale: Locale::En,
            clock: None,
            #[cfg(feature = "dispatch")]
            record: None,
        }
    }

    /// Sends a text of the application, unchanged, to a number in E.164 form.
    ///
    /// # Errors
    ///
    /// The number or the text cannot be used; nothing was sent.
    pub async fn text(&self, to: &str, text: &str) -> Result<Report, ComposeError> {
        self.custom(to, Custom::new(TEXT, text)?).await
    }

    /// Sends a code in the words of this crate, in the language of the sender.
    ///
    /// # Errors
    ///
    /// The number or the code cannot be used; nothing was sent.
    pub async fn code(
        &self,
        to: &str,
        purpose: Purpose,
        code: &str,
        valid_for: Duration,
    ) -> Result<Report, ComposeError> {
        let code = code.parse().map_err(|_| ComposeError::Code)?;
        self.intent(to, Intent::Code { purpose, code, valid_for }).await
    }

    /// Sends content with a topic and variables of its own.
    ///
    /// # Errors
    ///
    /// The number cannot be used; nothing was sent.
    pub async fn custom(&self, to: &str, content: Custom) -> Result<Report, ComposeError> {
        self.intent(to, Intent::Custom(content)).await
    }

    /// Sends a message, and reports the result at each gateway. A message that is sent again after an
    /// [`Unknown`](crate::Outcome::Unknown) outcome must have the same id.
    pub async fn send(&self, message: &Message) -> Report {
        match &self.way {
            Way::Router(router) => router.route(message).await,
            #[cfg(feature = "dispatch")]
            Way::Dispatch(dispatch) => dispatch.deliver(message).await,
        }
    }

    /// The dispatch, if there is an outbox: it has to be called regularly.
    #[cfg(feature = "dispatch")]
    #[must_use]
    pub fn dispatch(&self) -> Option<&Arc<Dispatch>> {
        match &self.way {
            Way::Router(_) => None,
            Way::Dispatch(dispatch) => Some(dispatch),
        }
    }

    async fn intent(&self, to: &str, intent: Intent) -> Result<Report, ComposeError> {
        let to = to.parse().map_err(|_| ComposeError::Recipient)?;
        let message = Message { id: Uuid::new_v4(), to, intent, locale: self.locale };
        Ok(self.send(&message).await)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Sender");
        match &self.way {
            Way::Router(router) => shown.field("router", router),
            #[cfg(feature = "dispatch")]
            Way::Dispatch(dispatch) => shown.field("dispatch", dispatch),
        };
        shown.field("locale", &self.locale).finish()
    }
}

/// Builds a [`Sender`].
#[derive(Debug)]
#[must_use = "a builder sends nothing"]
pub struct SenderBuilder {
    routes: Vec<Route>,
    policy: RouterPolicy,
    locale: Locale,
    clock: Option<Clock>,
    #[cfg(feature = "dispatch")]
    record: Option<(Arc<dyn Outbox>, SealingKey)>,
}

impl SenderBuilder {
    /// Adds a gateway under that name, which is used after those before.
    pub fn gateway(self, name: impl Into<String>, gateway: impl Gateway) -> Self {
        // Without a weight the order counts.
        self.route(Route::new(name, Arc::new(gateway)).weight(0))
    }

    /// Adds a route, which may be for some destinations only.
    pub fn route(self, route: Route) -> Self {
        self.routes([route])
    }

    /// Adds routes. Those with a weight share the messages; those without follow in this order.
    pub fn routes(mut self, routes: impl IntoIterator<Item = Route>) -> Self {
        self.routes.extend(routes);
        self
    }

    /// Language of codes; English by default.
    pub fn locale(self, locale: Locale) -> Self {
        Self { locale, ..self }
    }

    /// What happens to a message in doubt; [`InDoubt::PreferDelivery`] by default.
    pub fn in_doubt(mut self, in_doubt: InDoubt) -> Self {
        self.policy.in_doubt = in_doubt;
        self
    }

    /// Time limit for a message over all gateways.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.policy.deadline = deadline;
        self
    }

    /// Replaces the whole policy.
    pub fn policy(self, policy: RouterPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Source of the time; the system clock by default.
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Records every step in an outbox, sealed under `key`, so that another process can take messages over.
    #[cfg(feature = "dispatch")]
    pub fn outbox(self, outbox: Arc<dyn Outbox>, key: SealingKey) -> Self {
        Self { record: Some((outbox, key)), ..self }
    }

    /// The dispatch under the sender, without the sender: it records every step in `outbox`,
    /// sealed under `key`, and has to be called regularly.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build).
    #[cfg(feature = "dispatch")]
    pub fn build_dispatch(
        self,
        outbox: Arc<dyn Outbox>,
        key: SealingKey,
    ) -> Result<Dispatch, SettingsError> {
        let clock = self.clock.unwrap_or_else(system_clock);
        let router = Router::new(self.routes, self.policy, clock, rng())?;
        Ok(Dispatch::new(router, outbox, key, rng()))
    }

    /// The sender.
    ///
    /// # Errors
    ///
    /// There is no gateway, two have one name, or a value of the policy cannot be used.
    pub fn build(self) -> Result<Sender, SettingsError> {
        let clock = self.clock.unwrap_or_else(system_clock);
        let router = Router::new(self.routes, self.policy, clock, rng())?;
        #[cfg(feature = "dispatch")]
        let way = match self.record {
            None => Way::Router(Box::new(router)),
            Some((outbox, key)) => {
                Way::Dispatch(Arc::new(Dispatch::new(router, outbox, key, rng())))
            }
        };
        #[cfg(not(feature = "dispatch"))]
        let way = Way::Router(Box::new(router));
        Ok(Sender { way, locale: self.locale })
    }
}

fn system_clock() -> Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the default of a builder, which takes any clock"
    )]
    Clock::new(OffsetDateTime::now_utc)
}

/// A generator that is seeded by the operating system.
fn rng() -> StdRng {
    StdRng::from_rng(&mut rand::rng())
}
