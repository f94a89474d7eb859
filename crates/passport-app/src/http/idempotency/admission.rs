use std::{error::Error, fmt, iter, sync::Arc, time::Duration};

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
    /// Former secrets, whose records still count.
    former: Vec<IdempotencySecret>,
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
    /// Name of the record that gets the response.
    digest: RequestDigest,
    key: ResponseKey,
    /// That record, and those under former secrets: a node that makes records under another of the
    /// secrets recognizes a repeat.
    claims: Vec<Claim>,
}

/// A record that this call has begun.
#[derive(Debug, Clone, Copy)]
struct Claim {
    digest: RequestDigest,
    token: LeaseToken,
}

impl Idempotency {
    /// Keeps records in `store`, and counts the calls of each client in `throttle`. New records are
    /// made under `secret`; those under a `former` one still count.
    pub(crate) fn new(
        store: Arc<dyn IdempotencyStore>,
        throttle: Arc<dyn ThrottleStore>,
        secret: IdempotencySecret,
        former: Vec<IdempotencySecret>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, QuotaError> {
        let quota = Quota::new(KEYS, KEYS_WINDOW)?;
        Ok(Self { store, throttle, quota, secret, former, clock })
    }

    /// Takes a call for execution, or tells why it is not to be executed.
    pub(in crate::http) async fn admit(
        &self,
        request: &Request<'_>,
        client: ClientAddress,
    ) -> Admission {
        let mut records: Vec<_> =
            self.secrets().map(|secret| (secret.digest(request), secret)).collect();
        // In one order on every node, so that no two repeats wait for each other.
        records.sort_unstable_by_key(|(digest, _)| *digest.as_bytes());
        let mut claims = Vec::with_capacity(records.len());
        for (digest, secret) in records {
            match self.begin(digest, secret, request).await {
                Ok(token) => claims.push(Claim { digest, token }),
                Err(admission) => {
                    self.release(claims.iter()).await;
                    return admission;
                }
            }
        }
        let (digest, key) = (self.secret.digest(request), self.secret.response_key(request));
        self.charge(Execution { digest, key, claims }, client).await
    }

    /// Begins the record of `request` under `secret`, or tells why the call is not to be executed.
    async fn begin(
        &self,
        digest: RequestDigest,
        secret: &IdempotencySecret,
        request: &Request<'_>,
    ) -> Result<LeaseToken, Admission> {
        let fingerprint = secret.fingerprint(request);
        match self.store.begin(&digest, fingerprint, LEASE, self.clock.now()).await {
            Ok(Begun::Started(token)) => Ok(token),
            Ok(Begun::Running { remaining }) => Err(Admission::Running { remaining }),
            Ok(Begun::Done(sealed)) => {
                let plain = secret.response_key(request).open(&sealed);
                if let Some(response) = plain.and_then(|plain| response::read(&plain)) {
                    Err(Admission::Replay(response))
                } else {
                    error!("stored response cannot be opened");
                    Err(Admission::Damaged)
                }
            }
            Ok(Begun::Reused) => Err(Admission::Reused),
            Err(cause) => Err(unavailable(&cause)),
        }
    }

    /// The present secret, then the former ones.
    fn secrets(&self) -> impl Iterator<Item = &IdempotencySecret> {
        iter::once(&self.secret).chain(&self.former)
    }

    /// Counts a call that is about to be executed. Repeats are not counted.
    async fn charge(&self, execution: Execution, client: ClientAddress) -> Admission {
        let charges = self.charges(client);
        let refusal = match self.throttle.hit(&charges, &[], self.clock.now()).await {
            Ok(Decision::Allowed(_)) => return Admission::Execute(execution),
            Ok(Decision::Refused(refusal)) => Admission::TooMany(refusal),
            Err(cause) => unavailable(&cause),
        };
        self.abandon(&execution).await;
        refusal
    }

    /// One call of `client`, which counts for the networks around it too.
    fn charges(&self, client: ClientAddress) -> Vec<Charge> {
        let charges = |policy, address: String, quota| {
            let subjects = self.secrets().map(move |secret| secret.subject(&address));
            subjects.map(move |subject| Charge::new(policy, subject, quota))
        };
        let own = charges(KEYS_PER_CLIENT, client.to_string(), self.quota);
        let networks = client.networks().flat_map(|(network, clients)| {
            charges(KEYS_PER_NETWORK, network.to_string(), self.quota.widened(clients))
        });
        own.chain(networks).collect()
    }

    /// Stores the response. A failure is logged: the call was executed, and its client gets the
    /// response.
    pub(super) async fn finish(&self, execution: &Execution, plain: &[u8], kept_for: Duration) {
        let Execution { digest, key, claims } = execution;
        let (sealed, now) = (key.seal(plain, &mut rand::rng()), self.clock.now());
        let is_own = |claim: &&Claim| claim.digest == *digest;
        for Claim { token, .. } in claims.iter().filter(is_own) {
            let sealed = sealed.clone();
            match self.store.finish(digest, *token, sealed, now + kept_for, now).await {
                Ok(true) => {}
                Ok(false) => warn!("response was not stored, because the call took too long"),
                Err(cause) => error!(error = &cause as &dyn Error, "response was not stored"),
            }
        }
        self.release(claims.iter().filter(|claim| !is_own(claim))).await;
    }

    /// Lets a repeat execute the call at once.
    pub(super) async fn abandon(&self, execution: &Execution) {
        self.release(execution.claims.iter()).await;
    }

    async fn release(&self, claims: impl Iterator<Item = &Claim>) {
        for Claim { digest, token } in claims {
            if let Err(cause) = self.store.abandon(digest, *token).await {
                warn!(error = &cause as &dyn Error, "call was not released for its repeats");
            }
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
