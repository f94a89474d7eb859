//! The only place that names adapters. It picks them by the settings and hands them to the use cases.

mod challenges;
mod sms;

use std::{io, sync::Arc};

use actix_web::web;
use async_trait::async_trait;
use passport_auth::{
    Acts, Authenticate, BoxError, ChallengeRenderer, Clock, CodeSender, FailureQuotas,
    NewChallenge, Passwords, PresentChallenge, Priority, RequestCode, SendQuotas, SessionLifetimes,
    SignIn, SignOut, SignUp, SystemClock, WaitingRoom, Workers,
};
use passport_codes::{CodeStore, Codes};
use passport_session::SessionStore;
use passport_sms_client::{Dispatch, Inbox};
use passport_storage_diesel::{Database, DatabaseError, DatabaseOptions};
use passport_storage_memory::{MemoryCodeStore, MemorySessionStore, MemoryThrottleStore};
use passport_storage_redis::{
    OpenRedisError, RedisClient, RedisCodeStore, RedisError, RedisOptions, RedisSessionStore,
    RedisThrottleStore,
};
use passport_throttle::{Quota, ThrottleStore};
use passport_user::BcryptSha256;
use thiserror::Error;
use tokio::runtime::Handle;
use tracing::{info, warn};

use sms::Messaging;

use crate::{
    http::{
        Cookies, Origins, PageSettings, Probe, Probes, ReceiptDesk, SecurityHeaders, TrustedProxies,
    },
    settings::{
        DatabaseSettings, Environment, MasterSecret, Origin, SessionBackend, Settings,
        StoreSettings,
    },
    sms::SmsSender,
};

/// The use cases, and what else the handlers need.
#[derive(Clone)]
pub(crate) struct Services {
    new_challenge: web::Data<NewChallenge>,
    present_challenge: web::Data<PresentChallenge>,
    request_code: web::Data<RequestCode>,
    sign_up: web::Data<SignUp>,
    sign_in: web::Data<SignIn>,
    sign_out: web::Data<SignOut>,
    authenticate: web::Data<Authenticate>,
    probes: web::Data<Probes>,
    cookies: web::Data<Cookies>,
    origins: web::Data<Origins>,
    trusted_proxies: web::Data<TrustedProxies>,
    security_headers: web::Data<SecurityHeaders>,
    receipt_desk: web::Data<ReceiptDesk>,
    page_settings: web::Data<PageSettings>,
    /// To be finished before the end.
    pub(crate) acts: Acts,
    pub(crate) inbox: Option<Inbox>,
    /// For the sweep of sessions that are over.
    pub(crate) sessions: Arc<dyn SessionStore>,
    /// For the messages that another process left.
    pub(crate) dispatch: Arc<Dispatch>,
}

impl Services {
    /// Makes everything that the handlers ask for known to an actix app.
    pub(crate) fn inject(&self, app: &mut web::ServiceConfig) {
        app.app_data(self.new_challenge.clone())
            .app_data(self.present_challenge.clone())
            .app_data(self.request_code.clone())
            .app_data(self.sign_up.clone())
            .app_data(self.sign_in.clone())
            .app_data(self.sign_out.clone())
            .app_data(self.authenticate.clone())
            .app_data(self.probes.clone())
            .app_data(self.cookies.clone())
            .app_data(self.origins.clone())
            .app_data(self.trusted_proxies.clone())
            .app_data(self.security_headers.clone())
            .app_data(self.receipt_desk.clone())
            .app_data(self.page_settings.clone());
        if let Some(inbox) = &self.inbox {
            app.app_data(web::Data::new(inbox.clone()));
        }
    }
}

/// Connects what the settings name, and builds the use cases on it; they act on the runtime that
/// calls. `origin` is where browsers see the service.
pub(crate) async fn wire(settings: &Settings, origin: &Origin) -> Result<Services, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // First the database: where its folder is missing, that is what has to be said.
    let database = open_database(&settings.database).await?;
    let secret = secret(settings)?;
    let stores = open_stores(&settings.store).await?;
    warn_of_lonely_stores(settings);
    let sessions = match settings.session.backend {
        SessionBackend::Database => database.sessions(),
        SessionBackend::Store => stores.sessions,
    };
    let Messaging { dispatch, receipt_desk, inbox } =
        Messaging::new(settings, origin, &secret, database.outbox())?;
    let sender: Arc<dyn CodeSender> = Arc::new(SmsSender::start(Arc::clone(&dispatch)));

    let codes = Codes::new(stores.codes, secret.code_digest_key());
    let challenges = challenges::wire(settings, &secret, &codes, &stores.throttle, &clock)?;
    let passwords = Passwords::new(
        Arc::new(BcryptSha256::new(settings.password.cost)),
        Workers::start(
            "password",
            settings.password.slots,
            settings.password.queue,
            Priority::Low,
        )?,
    );
    let users = database.users();
    let acts = Acts::on(Handle::current());

    let request_code = RequestCode {
        challenges: challenges.new.challenges.clone(),
        answers: challenges.answers,
        renderer: Arc::clone(&challenges.present.renderer),
        codes: codes.clone(),
        code_policy: settings.sms_code.policy,
        code_length: settings.sms_code.length,
        throttle: Arc::clone(&stores.throttle),
        quotas: send_quotas(settings),
        wrong_codes: settings.limits.wrong_codes_per_phone_day,
        countries: settings.phone.countries.clone(),
        sender: Arc::clone(&sender),
        acts: acts.clone(),
        clock: Arc::clone(&clock),
    };
    let sign_up = SignUp {
        codes,
        sender,
        users: Arc::clone(&users),
        passwords: passwords.clone(),
        password_policy: settings.password.policy,
        throttle: Arc::clone(&stores.throttle),
        wrong_codes: settings.limits.wrong_codes_per_phone_day,
        acts: acts.clone(),
        clock: Arc::clone(&clock),
    };
    let sign_in = SignIn {
        users: Arc::clone(&users),
        sessions: Arc::clone(&sessions),
        passwords,
        throttle: stores.throttle,
        quotas: FailureQuotas {
            per_client: settings.limits.login_failures_per_ip_minute,
            per_phone: settings.limits.login_failures_per_phone_day,
        },
        lifetimes: SessionLifetimes {
            standard: settings.session.standard,
            remembered: settings.session.remembered,
        },
        waiting_room: WaitingRoom::default(),
        acts: acts.clone(),
        clock: Arc::clone(&clock),
    };
    let sign_out =
        SignOut { sessions: Arc::clone(&sessions), acts: acts.clone(), clock: Arc::clone(&clock) };
    let authenticate = Authenticate { sessions: Arc::clone(&sessions), users, clock };

    let mut probes: Vec<(&'static str, Arc<dyn Probe>)> = vec![("database", Arc::new(database))];
    probes.extend(stores.probe.map(|probe| ("store", probe)));
    Ok(Services {
        new_challenge: web::Data::new(challenges.new),
        present_challenge: web::Data::new(challenges.present),
        request_code: web::Data::new(request_code),
        sign_up: web::Data::new(sign_up),
        sign_in: web::Data::new(sign_in),
        sign_out: web::Data::new(sign_out),
        authenticate: web::Data::new(authenticate),
        probes: web::Data::new(Probes(probes)),
        cookies: web::Data::new(Cookies::new(origin.is_https())),
        origins: web::Data::new(allowed_origins(settings, origin)),
        trusted_proxies: web::Data::new(TrustedProxies::new(settings.http.trusted_proxies.clone())),
        security_headers: web::Data::new(SecurityHeaders::new(origin.is_https())),
        receipt_desk: web::Data::new(receipt_desk),
        page_settings: web::Data::new(PageSettings::of(settings)),
        acts,
        inbox: inbox.filter(|_| settings.has_inbox()),
        sessions,
        dispatch,
    })
}

/// What draws and speaks challenges for a service with these settings, to be measured by itself.
///
/// # Errors
///
/// When the settings have no secret, and the one beside the database cannot be kept.
pub fn challenge_renderer(settings: &Settings) -> Result<Arc<dyn ChallengeRenderer>, WiringError> {
    Ok(challenges::renderer(settings, &secret(settings)?))
}

/// The database, brought up to date when the settings say so.
pub(crate) async fn open_database(settings: &DatabaseSettings) -> Result<Database, WiringError> {
    let database = Database::connect(&settings.url, DatabaseOptions::default()).await?;
    if settings.migrate {
        for migration in database.migrate().await? {
            info!(migration, "migration applied");
        }
    } else {
        let pending = database.pending_migrations().await?;
        if !pending.is_empty() {
            return Err(WiringError::NotMigrated(pending.join(", ")));
        }
    }
    Ok(database)
}

/// The database as it is, for whoever only looks.
pub(crate) async fn look_at_database(settings: &DatabaseSettings) -> Result<Database, WiringError> {
    let as_it_is = DatabaseSettings { migrate: false, ..settings.clone() };
    match open_database(&as_it_is).await {
        Err(WiringError::NotMigrated(lacks)) if settings.migrate => {
            Err(WiringError::NotStarted(lacks))
        }
        outcome => outcome,
    }
}

struct Stores {
    codes: Arc<dyn CodeStore>,
    throttle: Arc<dyn ThrottleStore>,
    sessions: Arc<dyn SessionStore>,
    probe: Option<Arc<dyn Probe>>,
}

async fn open_stores(settings: &StoreSettings) -> Result<Stores, WiringError> {
    if settings.is_memory() {
        return Ok(Stores {
            codes: Arc::new(MemoryCodeStore::default()),
            throttle: Arc::new(MemoryThrottleStore::default()),
            sessions: Arc::new(MemorySessionStore::default()),
            probe: None,
        });
    }
    let redis = RedisClient::open(&settings.url, RedisOptions::default())?;
    let unreachable = |error| WiringError::RedisUnreachable(settings.masked_url(), error);
    redis.ping().await.map_err(unreachable)?;
    Ok(Stores {
        codes: Arc::new(RedisCodeStore::new(redis.clone())),
        throttle: Arc::new(RedisThrottleStore::new(redis.clone())),
        sessions: Arc::new(RedisSessionStore::new(redis.clone())),
        probe: Some(Arc::new(redis)),
    })
}

pub(crate) fn secret(settings: &Settings) -> Result<MasterSecret, WiringError> {
    match &settings.secret {
        Some(secret) => Ok(secret.clone()),
        None => MasterSecret::beside_database(&settings.database.url).map_err(WiringError::Secret),
    }
}

fn send_quotas(settings: &Settings) -> SendQuotas {
    let limits = &settings.limits;
    let cooldown = Quota::new(1, settings.sms_code.resend_after)
        .expect("settings are within the bounds of a quota");
    SendQuotas {
        per_phone: vec![cooldown, limits.sms_per_phone_hour, limits.sms_per_phone_day],
        per_client: vec![limits.sms_per_ip_hour, limits.sms_per_ip_day],
    }
}

/// A developer may have typed another name of this machine.
fn allowed_origins(settings: &Settings, origin: &Origin) -> Origins {
    let aliases = match settings.environment {
        Environment::Development if origin.is_loopback() => origin.loopback_aliases(),
        Environment::Development | Environment::Production => Vec::new(),
    };
    Origins::new(aliases.into_iter().chain([origin.clone()]))
}

fn warn_of_lonely_stores(settings: &Settings) {
    if settings.store.is_memory() && !settings.database.url.starts_with("sqlite:") {
        warn!(
            "codes and limits are in the memory of this process: run one node only, or set \
             store.url to a redis:// URL"
        );
    }
    if settings.store.is_memory() && settings.session.backend == SessionBackend::Store {
        warn!("sessions are in the memory of this process: a restart signs everybody out");
    }
}

#[async_trait]
impl Probe for Database {
    async fn check(&self) -> Result<(), BoxError> {
        Ok(self.ping().await?)
    }
}

#[async_trait]
impl Probe for RedisClient {
    async fn check(&self) -> Result<(), BoxError> {
        Ok(self.ping().await?)
    }
}

/// Something that the settings name cannot be used. The text says what to do.
#[derive(Debug, Error)]
pub enum WiringError {
    /// The database.
    #[error("database.url: {0}")]
    Database(#[from] DatabaseError),
    /// The database lacks migrations, and the settings forbid to run them.
    #[error("the database lacks {0}: run `passport migrate`, or set database.migrate to true")]
    NotMigrated(String),
    /// The database lacks migrations that the service runs when it starts.
    #[error("the database lacks {0}: start the service once, or run `passport migrate`")]
    NotStarted(String),
    /// The settings of the store.
    #[error("store.url: {0}")]
    Redis(#[from] OpenRedisError),
    /// The store.
    #[error("store.url: Redis does not answer at {0}: start it, or set store.url to memory:")]
    RedisUnreachable(String, #[source] RedisError),
    /// The secret that is made in development.
    #[error("secret: {0}; make its folder writable, or set secret")]
    Secret(io::Error),
    /// A gateway.
    #[error("sms.{0}.{1}")]
    Gateway(String, BoxError),
    /// The gateways together.
    #[error("sms: {0}")]
    Sms(BoxError),
    /// Messages that people need and no gateway could send.
    #[error(
        "sms.gateways: no gateway could send {0}: give one a template for it, or a gateway that \
         serves the country; `passport sms lint` names all"
    )]
    Uncovered(String),
    /// The machine.
    #[error("the machine refuses: {0}")]
    Io(#[from] io::Error),
}
