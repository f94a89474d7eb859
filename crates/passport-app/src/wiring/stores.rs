//! The store of the settings: codes, counts of limits and, if wanted, sessions.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use passport_auth::{
    BoxError, ChargedCodes, LimitReach, SeparateCharges, SeparateStores, SignedInUsers, UserCache,
};
use passport_codes::CodeStore;
use passport_idempotency::IdempotencyStore;
use passport_session::{SessionStore, SubjectCache};
use passport_storage_diesel::Database;
use passport_storage_memory::{
    MemoryCodeStore, MemoryIdempotencyStore, MemorySessionStore, MemoryThrottleStore,
};
use passport_storage_redis::{
    RedisChargedCodes, RedisClient, RedisCodeStore, RedisFailureStore, RedisIdempotencyStore,
    RedisOptions, RedisSessionStore, RedisThrottleStore,
};
use passport_throttle::{FailureStore, ThrottleStore};
use tracing::{info, warn};

use super::{
    charged::{ChargedInFile, ChargedInRedis},
    database::InOneDatabase,
    error::WiringError,
    metered::Metered,
};
use crate::{
    http::Probe,
    metrics::{StoreMeters, StoreName},
    settings::{Secrets, SessionBackend, Settings, StoreUrl, UrlChecks},
};

/// Checks of the URLs in the settings by the adapters that will use them.
pub const URL_CHECKS: UrlChecks = UrlChecks {
    database: |url| match Database::check_url(url) {
        Ok(()) => Ok(Database::unencrypted_host(url)),
        Err(error) => Err(error.to_string()),
    },
    // Opening does not connect.
    redis: |url| match RedisClient::open(url, RedisOptions::default()) {
        Ok(_) => Ok(RedisClient::unencrypted_host(url)),
        Err(error) => Err(error.to_string()),
    },
};

/// Stores of the service, and what they promise.
pub(super) struct Stores {
    pub(super) kind: StoreKind,
    /// Whether codes and counts of messages and accounts survive the process.
    pub(super) outlives_process: bool,
    /// Whether several nodes see the same codes and counts.
    pub(super) is_shared: bool,
    /// Codes of messages.
    pub(super) codes: Arc<dyn CodeStore>,
    /// Counts of messages and of failures.
    pub(super) throttle: Arc<dyn ThrottleStore>,
    /// Codes of messages with their charges.
    pub(super) charged_codes: Arc<dyn ChargedCodes>,
    /// Answers of challenges.
    pub(super) answers: Arc<dyn CodeStore>,
    /// Counts of challenges: the store of `throttle`, or another one.
    pub(super) challenge_throttle: Arc<dyn ThrottleStore>,
    /// Answers of challenges with their charges.
    pub(super) charged_answers: Arc<dyn ChargedCodes>,
    /// Sessions, wherever `session.store` wants them.
    pub(super) sessions: Arc<dyn SessionStore>,
    /// Failures in a row.
    pub(super) failures: Arc<dyn FailureStore>,
    /// Reader of sessions with their users.
    pub(super) signed_in: Arc<dyn SignedInUsers>,
    /// Cache that changes of users must pass, if `signed_in` reads one.
    pub(super) subject_cache: Option<Arc<dyn SubjectCache>>,
    /// Calls with idempotency keys.
    pub(super) idempotency: Arc<dyn IdempotencyStore>,
    /// Probe of a server other than the database.
    pub(super) probe: Option<Arc<dyn Probe>>,
}

/// Place of codes and counts of messages and accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoreKind {
    Memory,
    Sqlite,
    Redis,
}

impl Stores {
    /// Opens the store of the settings. A Redis must answer.
    pub(super) async fn open(
        settings: &Settings,
        secrets: &Secrets,
        database: &Database,
    ) -> Result<Self, WiringError> {
        if let StoreUrl::Redis(url) = &settings.store.url {
            ping(url, &settings.store.url).await?;
        }
        let stores = Self::reach(settings, secrets, database)?;
        stores.report(settings);
        Ok(stores)
    }

    /// The store of the settings, of which it is not known whether it answers.
    pub(super) fn reach(
        settings: &Settings,
        secrets: &Secrets,
        database: &Database,
    ) -> Result<Self, WiringError> {
        let stores = match &settings.store.url {
            StoreUrl::Database => Self::in_database(database),
            StoreUrl::Memory => Self::in_memory(database),
            StoreUrl::Redis(url) => Self::in_redis(url, secrets, database)?,
        };
        Ok(match settings.session.backend {
            SessionBackend::Database => stores.with_sessions_in(database),
            SessionBackend::Store => stores,
        })
    }

    /// Which counts of limits another process on the same stores reaches.
    pub(super) fn reach_of_limits(&self) -> LimitReach {
        match self.kind {
            StoreKind::Memory => LimitReach::None,
            StoreKind::Sqlite => LimitReach::WithoutChallenges,
            StoreKind::Redis => LimitReach::All,
        }
    }

    /// The cache that changes of users must pass, if there is one.
    pub(super) fn user_cache(&self, secrets: &Secrets) -> Option<UserCache> {
        let cache = self.subject_cache.as_ref()?;
        Some(UserCache::new(Arc::clone(cache), secrets.user_cache_key()))
    }

    /// The same stores, whose calls are timed.
    pub(super) fn metered(self, meters: &StoreMeters) -> Self {
        let is_one_throttle = Arc::ptr_eq(&self.throttle, &self.challenge_throttle);
        let throttle: Arc<dyn ThrottleStore> =
            Metered::new(self.throttle, meters.of(StoreName::Limits));
        let challenge_throttle: Arc<dyn ThrottleStore> = if is_one_throttle {
            Arc::clone(&throttle)
        } else {
            Metered::new(self.challenge_throttle, meters.of(StoreName::Challenges))
        };
        Self {
            codes: Metered::new(self.codes, meters.of(StoreName::Codes)),
            throttle,
            charged_codes: Metered::new(self.charged_codes, meters.of(StoreName::Codes)),
            answers: Metered::new(self.answers, meters.of(StoreName::Challenges)),
            challenge_throttle,
            charged_answers: Metered::new(self.charged_answers, meters.of(StoreName::Challenges)),
            sessions: Metered::new(self.sessions, meters.of(StoreName::Sessions)),
            failures: Metered::new(self.failures, meters.of(StoreName::Failures)),
            signed_in: Metered::new(self.signed_in, meters.of(StoreName::Sessions)),
            subject_cache: self
                .subject_cache
                .map(|cache| Metered::new(cache, meters.of(StoreName::Sessions)) as _),
            idempotency: Metered::new(self.idempotency, meters.of(StoreName::Idempotency)),
            ..self
        }
    }

    /// In SQLite, what is worth a message or an account is durable; challenges stay in the process,
    /// so that a picture costs no write to disk. PostgreSQL holds neither, but calls with idempotency
    /// keys.
    fn in_database(database: &Database) -> Self {
        let in_memory = Self {
            idempotency: database.idempotency(),
            ..Self::in_memory(database).with_sessions_in(database)
        };
        let (Some(codes), Some(throttle), Some(charged)) =
            (database.codes(), database.throttle(), database.charged_codes())
        else {
            return in_memory;
        };
        let charged_codes = Arc::new(ChargedInFile(charged));
        let (kind, outlives_process) = (StoreKind::Sqlite, true);
        Self { kind, outlives_process, codes, throttle, charged_codes, ..in_memory }
    }

    /// Sessions beside their users, where one query reads both.
    fn with_sessions_in(self, database: &Database) -> Self {
        let signed_in = Arc::new(InOneDatabase(database.signed_in_users()));
        Self { sessions: database.sessions(), signed_in, subject_cache: None, ..self }
    }

    /// Failures in a row are in the database nevertheless, because a restart must not give an attacker
    /// more guesses.
    fn in_memory(database: &Database) -> Self {
        let codes: Arc<dyn CodeStore> = Arc::new(MemoryCodeStore::default());
        let throttle: Arc<dyn ThrottleStore> = Arc::new(MemoryThrottleStore::default());
        let sessions: Arc<dyn SessionStore> = Arc::new(MemorySessionStore::default());
        let failures = database.failures();
        let charged: Arc<dyn ChargedCodes> = Arc::new(apart(&codes, &throttle, &failures));
        Self {
            kind: StoreKind::Memory,
            outlives_process: false,
            is_shared: false,
            answers: Arc::clone(&codes),
            codes,
            charged_codes: Arc::clone(&charged),
            charged_answers: charged,
            challenge_throttle: Arc::clone(&throttle),
            throttle,
            signed_in: Arc::new(SeparateStores {
                sessions: Arc::clone(&sessions),
                users: database.users(),
            }),
            // A command could not reach it, and would change users whom the service shows as before.
            subject_cache: None,
            sessions,
            failures,
            idempotency: Arc::new(MemoryIdempotencyStore::default()),
            probe: None,
        }
    }

    fn in_redis(url: &str, secrets: &Secrets, database: &Database) -> Result<Self, WiringError> {
        let redis = RedisClient::open(url, RedisOptions::default())?;
        let codes: Arc<dyn CodeStore> = Arc::new(RedisCodeStore::new(redis.clone()));
        let throttle: Arc<dyn ThrottleStore> = Arc::new(RedisThrottleStore::new(redis.clone()));
        let sessions = Arc::new(RedisSessionStore::new(redis.clone()));
        let cache = UserCache::new(Arc::clone(&sessions) as _, secrets.user_cache_key());
        let failures: Arc<dyn FailureStore> = Arc::new(RedisFailureStore::new(redis.clone()));
        let charged: Arc<dyn ChargedCodes> = Arc::new(ChargedInRedis {
            redis: RedisChargedCodes::new(redis.clone()),
            apart: apart(&codes, &throttle, &failures),
        });
        Ok(Self {
            kind: StoreKind::Redis,
            outlives_process: true,
            is_shared: true,
            answers: Arc::clone(&codes),
            codes,
            charged_codes: Arc::clone(&charged),
            charged_answers: charged,
            challenge_throttle: Arc::clone(&throttle),
            throttle,
            signed_in: cache.signed_in(database.users()),
            subject_cache: Some(Arc::clone(&sessions) as _),
            sessions,
            failures,
            idempotency: Arc::new(RedisIdempotencyStore::new(redis.clone())),
            probe: Some(Arc::new(redis)),
        })
    }

    /// Logs what the stores promise, and warns where an operator may expect more.
    fn report(&self, settings: &Settings) {
        let Self { kind, outlives_process, is_shared, .. } = self;
        info!(%kind, outlives_process, is_shared, "store of codes and limits opened");
        match (&settings.store.url, kind) {
            (StoreUrl::Memory, _) => warn!(
                "store.url is memory:, which is for tests: a restart loses codes and limits, and \
                 other nodes do not see them; set store.url to database or to a redis:// URL"
            ),
            (StoreUrl::Database, StoreKind::Memory) => warn!(
                "store.url is database, but codes and limits are not kept in PostgreSQL: they are in \
                 the memory of this process, a restart loses them and other nodes do not see them; \
                 set store.url to a redis:// URL"
            ),
            (StoreUrl::Database | StoreUrl::Redis(_), _) => {}
        }
        if settings.store.url == StoreUrl::Memory
            && settings.session.backend == SessionBackend::Store
        {
            warn!(
                "sessions are in the memory of this process: a restart signs everyone out; set \
                 session.store to database"
            );
        }
    }
}

async fn ping(url: &str, shown: &StoreUrl) -> Result<(), WiringError> {
    let redis = RedisClient::open(url, RedisOptions::default())?;
    redis.ping().await.map_err(|error| match error.refusal() {
        Some(code) => WiringError::RedisRefuses(shown.to_string(), code.to_owned(), error),
        None => WiringError::RedisUnreachable(shown.to_string(), error),
    })
}

/// Codes and their charges in stores that are called one after the other.
fn apart(
    codes: &Arc<dyn CodeStore>,
    throttle: &Arc<dyn ThrottleStore>,
    failures: &Arc<dyn FailureStore>,
) -> SeparateCharges {
    SeparateCharges::new(Arc::clone(codes), Arc::clone(throttle), Arc::clone(failures))
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
        })
    }
}

#[async_trait]
impl Probe for RedisClient {
    async fn check(&self) -> Result<(), BoxError> {
        Ok(self.ping().await?)
    }
}
