//! Chooses adapters by the settings, and builds the use cases on them. Adapters are named only here.

mod accounts;
mod challenges;
mod charged;
mod database;
mod error;
mod metered;
mod operations;
mod quotas;
mod records;
mod secrets;
mod sms;
mod stores;
mod tokens;
mod traced;
mod webhooks;

use std::{io, sync::Arc};

use actix_web::web;
use passport_auth::{ChallengeRenderer, Clock, Detached, Rooms, SystemClock};
use passport_bridges::SmsSender;
use passport_webhooks::Deliveries;
use tokio::runtime::Handle;

pub(crate) use database::{look_at_database, migrate, open_database, pending_migrations};

pub(crate) use operations::{Beside, operate};
pub(crate) use secrets::secrets;
pub(crate) use webhooks::control_webhooks;

pub use error::WiringError;
pub use stores::URL_CHECKS;

use accounts::Grounds;
use metered::MeteredDatabase;
use sms::Messaging;
use stores::Stores;

use crate::{
    http::{
        AllowedOrigins, ApiDocument, ApiSite, Apps, Cookies, ForwardAuth, Idempotency, InboxLink,
        OperatorServices, OriginWarnings, Origins, Probe, Probes, SecurityHeaders, Services, Site,
        TrustedProxies,
    },
    metrics::{Metrics, Page},
    settings::{Environment, InboxAccess, Origin, Secrets, Settings, calling_prefix},
    upkeep::Upkeep,
};

/// The service, ready to be run.
pub(crate) struct Wired {
    pub(crate) services: Services,
    pub(crate) operators: OperatorServices,
    pub(crate) upkeep: Upkeep,
    /// Use cases under way; the process must let them finish before it ends.
    pub(crate) detached: Detached,
    /// Has notices to send before the process ends.
    pub(crate) sender: Arc<SmsSender>,
    /// Webhooks under way; the process should let them finish before it ends.
    pub(crate) deliveries: Deliveries,
    /// Where the inbox of development is opened.
    pub(crate) inbox_url: Option<String>,
    /// What a scrape reads.
    pub(crate) metrics: Page,
}

/// Connects the adapters of the settings, and builds the use cases on them. Operations, connections to the
/// database and everything else that outlives a request run on `runtime`; each runtime has a connection to
/// Redis of its own. `origin` is the origin under which browsers reach the service.
pub(crate) async fn wire(
    settings: &Settings,
    origin: &Origin,
    runtime: &Handle,
) -> Result<Wired, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // The database comes first, because a missing folder is then reported as such, and not as the
    // missing place of the secret.
    let database = open_database(&settings.database, runtime).await?;
    let secrets = secrets(settings)?;
    let countries = settings.phone.countries.iter();
    let mut metrics = Metrics::new(countries.filter_map(|country| calling_prefix(*country)));
    let stores = Stores::open(settings, &secrets, &database).await?;
    let stores = stores.metered(&metrics.stores);
    let records = MeteredDatabase::new(&database, &metrics.stores, stores.user_cache(&secrets));
    let Messaging { dispatch, receipt_endpoint, inbox } = Messaging::new(
        settings,
        origin,
        &secrets,
        records.outbox(),
        metrics.sms.clone(),
        stores.outlives_process,
    )?;
    let sender = Arc::new(SmsSender::start(Arc::clone(&dispatch), runtime));

    let idempotency = idempotency(&secrets, &stores, &clock)?;
    let forward_auth = ForwardAuth::new(settings.forward_auth, origin.clone(), Arc::clone(&clock));
    let grounds = Grounds {
        settings,
        secrets: &secrets,
        stores: &stores,
        database: &records,
        sender: Arc::clone(&sender),
        events: metrics.accounts.clone(),
        challenges: metrics.challenges.clone(),
        clock: Arc::clone(&clock),
    };
    let rooms = grounds.rooms(runtime)?;
    let token_keys = tokens::keys(settings, &secrets, &records, &rooms.detached, &rooms.clock);
    read_queues(&mut metrics, &rooms, &sender);
    let reach = stores.reach_of_limits();

    let mut probes: Vec<(&'static str, Arc<dyn Probe>)> =
        vec![("database", Arc::new(database.clone()))];
    probes.extend(stores.probe.map(|probe| ("store", probe)));
    let http_meter = web::Data::new(metrics.http.clone());
    let services = Services {
        new_challenge: web::Data::new(rooms.new_challenge()),
        present_challenge: web::Data::new(rooms.present_challenge()),
        request_code: web::Data::new(rooms.request_code()),
        sign_up: web::Data::new(rooms.sign_up()),
        sign_in: web::Data::new(rooms.sign_in()),
        sign_out: web::Data::new(rooms.sign_out()),
        authenticate: web::Data::new(rooms.authenticate()),
        own_sessions: web::Data::new(rooms.own_sessions()),
        accounts: accounts::services(
            &rooms,
            tokens::access_tokens(settings, origin, &rooms, token_keys.clone()),
        ),
        apps: web::Data::new(Apps::new(settings.apps.clone())),
        forward_auth: web::Data::new(forward_auth),
        idempotency: web::Data::new(idempotency),
        probes: web::Data::new(Probes::new(probes)),
        cookies: web::Data::new(cookies(settings, &secrets, origin)),
        origins: web::Data::new(allowed_origins(settings, origin)),
        cors: web::Data::new(AllowedOrigins::new(&settings.apps)),
        origin_warnings: web::Data::new(OriginWarnings::default()),
        trusted_proxies: web::Data::new(trusted_proxies(settings)),
        security_headers: web::Data::new(SecurityHeaders::new(origin.is_https())),
        receipt_endpoint: web::Data::new(receipt_endpoint),
        api_document: web::Data::new(ApiDocument::of(ApiSite::at(settings, origin))),
        site: web::Data::new(Site::new(settings, clock)),
        flow_key: web::Data::new(secrets.flow_key()),
        inbox: inbox.filter(|_| settings.inbox().is_some()).map(web::Data::new),
        inbox_link: inbox_link(settings, origin),
        http_meter: http_meter.clone(),
    };
    let operators = OperatorServices {
        admission: accounts::admission(&rooms, &records),
        operations: accounts::operations(&rooms, settings, &records, reach, token_keys),
        trusted_proxies: services.trusted_proxies.clone(),
        security_headers: services.security_headers.clone(),
        http_meter,
    };
    let inbox_url = inbox_url(settings, origin, services.inbox_link.as_ref());
    let deliveries = webhooks::deliver(settings, &database, runtime).await?;
    let upkeep = Upkeep {
        webhooks: database.webhooks(),
        sessions: stores.sessions,
        dispatch,
        codes_outlive_process: stores.outlives_process,
        sweep: Arc::new(database),
        purge_users: rooms.purge_users(),
        journal: rooms.journal,
        events_kept: settings.audit.keep,
        samples: metrics.samples.clone(),
    };
    let (detached, metrics) = (rooms.detached, metrics.page());
    Ok(Wired { services, operators, upkeep, detached, sender, deliveries, inbox_url, metrics })
}

/// Gauges of what waits in this process.
fn read_queues(metrics: &mut Metrics, rooms: &Rooms, sender: &Arc<SmsSender>) {
    let (busy, waiting) = (rooms.password_queue.clone(), rooms.password_queue.clone());
    metrics.read_at_scrape(
        "passport_password_queue_busy",
        "Threads that hash or compare a password",
        move || busy.load().busy,
    );
    metrics.read_at_scrape(
        "passport_password_queue_waiting",
        "Operations that wait for such a thread",
        move || waiting.load().waiting,
    );
    let events = rooms.detached.events().clone();
    metrics.read_at_scrape(
        "passport_journal_queue",
        "Events that wait to be written to the journal",
        move || events.waiting(),
    );
    let sender = Arc::clone(sender);
    metrics.read_at_scrape(
        "passport_sms_notice_queue",
        "Notices that wait to be sent, or are being sent",
        move || sender.waiting(),
    );
    let detached = rooms.detached.clone();
    metrics.read_at_scrape(
        "passport_operations_running",
        "Operations that are under way, with or without their client",
        move || detached.running(),
    );
}

/// The renderer of challenges for a service with these settings, to be measured by itself.
///
/// # Errors
///
/// When the settings have no secret, and the file beside the database cannot be read or written.
pub fn challenge_renderer(settings: &Settings) -> Result<Arc<dyn ChallengeRenderer>, WiringError> {
    Ok(challenges::renderer(settings, &secrets(settings)?))
}

/// The link that opens the inbox, where other machines can reach the service.
fn inbox_link(settings: &Settings, origin: &Origin) -> Option<web::Data<InboxLink>> {
    match settings.inbox()? {
        InboxAccess::ByLink => {
            Some(web::Data::new(InboxLink::new(&mut rand::rng(), origin.is_https())))
        }
        InboxAccess::Open => None,
    }
}

fn inbox_url(
    settings: &Settings,
    origin: &Origin,
    link: Option<&web::Data<InboxLink>>,
) -> Option<String> {
    settings.inbox()?;
    Some(link.map_or_else(|| format!("{origin}/dev/inbox"), |link| link.url(origin)))
}

/// Calls are counted where those of challenges are, because a count in the database would be a write more
/// for each call.
fn idempotency(
    secrets: &Secrets,
    stores: &Stores,
    clock: &Arc<dyn Clock>,
) -> io::Result<Idempotency> {
    let (secret, former) = secrets.idempotency_secrets();
    Idempotency::new(
        Arc::clone(&stores.idempotency),
        Arc::clone(&stores.challenge_throttle),
        secret,
        former,
        Arc::clone(clock),
    )
    .map_err(io::Error::other)
}

fn cookies(settings: &Settings, secrets: &Secrets, origin: &Origin) -> Cookies {
    let cookies = Cookies::new(origin.is_https(), secrets.cookie_key());
    match &settings.cookie.domain {
        Some(domain) => cookies.shared_within(domain.clone()),
        None => cookies,
    }
}

fn trusted_proxies(settings: &Settings) -> TrustedProxies {
    let http = &settings.http;
    TrustedProxies::new(http.trusted_proxies.clone(), http.client_address_header)
}

/// The origin of the service. In development also with the other names of this machine, and named in
/// refusals.
fn allowed_origins(settings: &Settings, origin: &Origin) -> Origins {
    let own = [origin.clone()].into_iter();
    match settings.environment {
        Environment::Development if origin.is_loopback() => {
            Origins::new(own.chain(origin.loopback_aliases())).named_in_refusals()
        }
        Environment::Development => Origins::new(own).named_in_refusals(),
        Environment::Production => Origins::new(own),
    }
}
