//! The use cases of operators: in the service, and in a command beside it.

use std::sync::Arc;

use passport_auth::{
    Audit, Clock, CredentialControl, Detached, Events, ExportUser, Failures, LimitControl,
    LimitReach, Limits, OperatorTokens, SessionControl, Sessions, StandingControl, SystemClock,
    TokenKeyControl, TokenKeys, UserDirectory,
};
use tokio::runtime::Handle;

use super::{
    database::look_at_database,
    error::WiringError,
    metered::MeteredDatabase,
    quotas::{lifetimes, quotas},
    records::{addresses, backoffs},
    secrets::secrets,
    stores::Stores,
    tokens,
};
use crate::{
    metrics::Metrics,
    operations::Operations,
    settings::{SessionBackend, Settings, StoreUrl},
};

/// What the use cases stand on.
pub(super) struct Ground<'a> {
    pub(super) settings: &'a Settings,
    pub(super) database: &'a MeteredDatabase,
    pub(super) token_keys: TokenKeys,
    pub(super) sessions: Sessions,
    pub(super) failures: Failures,
    pub(super) limits: Limits,
    pub(super) reach: LimitReach,
    pub(super) detached: Detached,
    pub(super) clock: Arc<dyn Clock>,
}

impl Ground<'_> {
    pub(super) fn operations(self) -> Operations {
        let Self {
            settings,
            database,
            token_keys,
            sessions,
            failures,
            limits,
            reach,
            detached,
            clock,
        } = self;
        let (users, journal) = (database.users(), database.journal());
        Operations {
            directory: UserDirectory {
                users: Arc::clone(&users),
                journal: Arc::clone(&journal),
                detached: detached.clone(),
            },
            standing: StandingControl {
                users: Arc::clone(&users),
                sessions: sessions.clone(),
                grace: settings.account.deletion_grace,
                detached: detached.clone(),
                clock: Arc::clone(&clock),
            },
            sessions: SessionControl {
                users: Arc::clone(&users),
                sessions: sessions.clone(),
                detached: detached.clone(),
            },
            credentials: CredentialControl {
                users: Arc::clone(&users),
                sessions: sessions.clone(),
                failures: failures.clone(),
                detached: detached.clone(),
            },
            limits: LimitControl {
                limits,
                reach,
                failures,
                users: Arc::clone(&users),
                detached: detached.clone(),
            },
            export: ExportUser {
                users,
                sessions,
                journal: Arc::clone(&journal),
                detached: detached.clone(),
            },
            token_keys: TokenKeyControl { keys: token_keys },
            audit: Audit { journal, detached: detached.clone(), clock: Arc::clone(&clock) },
            tokens: OperatorTokens { tokens: database.operator_tokens(), detached, clock },
        }
    }
}

/// The use cases of operators in a process of their own, on the stores of the service.
pub(crate) struct Beside {
    pub(crate) operations: Operations,
    /// Operations under way; the process must let them finish before it ends.
    pub(crate) detached: Detached,
    /// Whether sessions are in the memory of the service, where this process cannot reach them.
    pub(crate) sessions_are_elsewhere: bool,
}

/// Opens the stores of the settings, for a command. Neither migrates the database, nor asks whether Redis
/// answers: an act that does not need it is done though it is down. With sessions in Redis, changes of users
/// need it, because it has what nodes show of them.
pub(crate) async fn operate(settings: &Settings) -> Result<Beside, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let database = look_at_database(&settings.database).await?;
    let secrets = secrets(settings)?;
    let runtime = Handle::current();
    let stores = Stores::reach(settings, &secrets, &database)?;
    // The metrics of a command are not read.
    let meters = Metrics::new([]).stores;
    let database = MeteredDatabase::new(&database, &meters, stores.user_cache(&secrets));
    let events = Events::start(
        database.journal(),
        &runtime,
        secrets.subject_key(),
        addresses(settings),
        Arc::clone(&clock),
    );
    let failures = Failures::new(
        Arc::clone(&stores.failures),
        secrets.subject_key(),
        backoffs(&settings.limits),
        Arc::clone(&clock),
    );
    let limits = Limits::new(
        Arc::clone(&stores.throttle),
        secrets.subject_key(),
        quotas(settings),
        Arc::clone(&clock),
    );
    let detached = Detached::on(runtime, events);
    let ground = Ground {
        settings,
        database: &database,
        token_keys: tokens::keys(settings, &secrets, &database, &detached, &clock),
        sessions: Sessions::new(
            Arc::clone(&stores.sessions),
            lifetimes(settings),
            Arc::clone(&clock),
        ),
        failures,
        limits,
        reach: stores.reach_of_limits(),
        detached: detached.clone(),
        clock,
    };
    Ok(Beside {
        operations: ground.operations(),
        detached,
        sessions_are_elsewhere: settings.store.url == StoreUrl::Memory
            && settings.session.backend == SessionBackend::Store,
    })
}
