use std::{error::Error, fmt, sync::Arc, time::Duration};

use actix_web::HttpResponse;
use passport_auth::{ClientAddress, Clock};
use passport_idempotency::{Begun, IdempotencyStore, LeaseToken, RequestDigest};
use passport_throttle::{Charge, Decision, Policy, Quota, QuotaError, Refusal, ThrottleStore};
use tracing::{error, warn};

use super::{
    response,
    secret::{IdempotencySecret, Request, ResponseKey},
};
/// Time after which a call whose process has crashed can be executed anew.
const LEASE: Duration = Duration::from_mins(1);

/// Calls with idempotency keys of one client, so that no client fills the store.
const KEYS_PER_CLIENT: Policy = Policy::new("idempotency-keys-per-client");
/// Those of the networks around one client, because a subscriber may own thousands of addresses.
const KEYS_PER_NETWORK: Policy = Policy::new("idempotency-keys-per-network");
const KEYS: u32 = 240;
const KEYS_WINDOW: Duration = Duration::from_hours(1);

/// Records of calls with idempotency keys.
#[derive(Debug)]
pub(crate) struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    throttle: Arc<dyn ThrottleStore>,
    quota: Quota,
    secret: IdempotencySecret,
    clock: Arc<dyn Clock>,
}

/// What is to be done with a call.
pub(in crate::http) enum Admission {
    Execute(Execution),
    /// It was executed; this is its response.
    Replay(HttpResponse),
    /// It is being executed, at most for the time `remaining`.
    Running {
        remaining: Duration,
    },
    /// Its key is that of another call.
    Reused,
    /// Its client has made as many calls as are recorded.
    TooMany(Refusal),
    /// Its record is damaged.
    Damaged,
    /// A store does not answer, so a repeat would not be recognized.
    Unavailable,
}

/// A call under execution.
pub(in crate::http) struct Execution {
    digest: RequestDigest,
    token: LeaseToken,
    key: ResponseKey,
}

impl Idempotency {
    /// Keeps records in `store`, and counts the calls of each client in `throttle`.
    pub(crate) fn new(
        store: Arc<dyn IdempotencyStore>,
        throttle: Arc<dyn ThrottleStore>,
        secret: IdempotencySecret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, QuotaError> {
        let quota = Quota::new(KEYS, KEYS_WINDOW)?;
        Ok(Self { store, throttle, quota, secret, clock })
    }

    /// Takes a call for execution, or tells why it is not to be executed.
    pub(in crate::http) async fn admit(
        &self,
        request: &Request<'_>,
        client: ClientAddress,
    ) -> Admission {
        let digest = self.secret.digest(request);
        let fingerprint = self.secret.fingerprint(request);
        match self.store.begin(&digest, fingerprint, LEASE, self.clock.now()).await {
            Ok(Begun::Started(token)) => {
                let key = self.secret.response_key(request);
                self.charge(Execution { digest, token, key }, client).await
            }
            Ok(Begun::Running { remaining }) => Admission::Running { remaining },
            Ok(Begun::Done(sealed)) => {
                let plain = self.secret.response_key(request).open(&sealed);
                if let Some(response) = plain.and_then(|plain| response::read(&plain)) {
                    Admission::Replay(response)
                } else {
                    error!("stored response cannot be opened");
                    Admission::Damaged
                }
            }
            Ok(Begun::Reused) => Admission::Reused,
            Err(cause) => unavailable(&cause),
        }
    }

    /// Counts a call that is about to be executed. Repeats are not counted.
    async fn charge(&self, execution: Execution, client: ClientAddress) -> Admission {
        let charges = self.charges(client);
        let refusal = match self.throttle.hit(&charges, self.clock.now()).await {
            Ok(Decision::Allowed(_)) => return Admission::Execute(execution),
            Ok(Decision::Refused(refusal)) => Admission::TooMany(refusal),
            Err(cause) => unavailable(&cause),
        };
        self.abandon(&execution).await;
        refusal
    }

    /// One call of `client`, which counts for the networks around it too.
    fn charges(&self, client: ClientAddress) -> Vec<Charge> {
        let own = self.secret.subject(&client.to_string());
        let networks = client.networks().map(|(network, clients)| {
            let subject = self.secret.subject(&network.to_string());
            Charge::new(KEYS_PER_NETWORK, subject, self.quota.widened(clients))
        });
        [Charge::new(KEYS_PER_CLIENT, own, self.quota)].into_iter().chain(networks).collect()
    }

    /// Stores the response. A failure is logged: the call was executed, and its client gets the
    /// response.
    pub(super) async fn finish(&self, execution: &Execution, plain: &[u8], kept_for: Duration) {
        let Execution { digest, token, key } = execution;
        let (sealed, now) = (key.seal(plain, &mut rand::rng()), self.clock.now());
        match self.store.finish(digest, *token, sealed, now + kept_for, now).await {
            Ok(true) => {}
            Ok(false) => warn!("response was not stored, because the call took too long"),
            Err(cause) => error!(error = &cause as &dyn Error, "response was not stored"),
        }
    }

    /// Lets a repeat execute the call at once.
    pub(super) async fn abandon(&self, execution: &Execution) {
        if let Err(cause) = self.store.abandon(&execution.digest, execution.token).await {
            warn!(error = &cause as &dyn Error, "call was not released for its repeats");
        }
    }
}

fn unavailable(cause: &(dyn Error + 'static)) -> Admission {
    error!(error = cause, "call was not executed, because a repeat would not be recognized");
    Admission::Unavailable
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("digest", &self.digest).finish_non_exhaustive()
    }
}
