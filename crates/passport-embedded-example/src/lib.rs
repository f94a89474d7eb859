#![doc = include_str!("../README.md")]

mod http;

use std::{sync::Arc, time::Duration};

use passport_auth::{
    Authenticate, BoxError, Clock, CodeSignIn, Detached, Keys, NewChallenge, Ports,
    PresentChallenge, RequestCode, Rooms, Rules, SignOut, Stores, SystemClock,
};
use passport_bridges::{CaptchaRenderer, SmsSender};
use passport_sms_client::{Dispatch, SealingKey, SenderBuilder};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_user::BcryptSha256;
use tokio::{runtime::Handle, time::sleep};
use tracing::warn;

pub use http::router;

/// The use cases that this service has; `passport-auth` has more.
#[derive(Debug)]
pub struct Accounts {
    new_challenge: NewChallenge,
    present_challenge: PresentChallenge,
    request_code: RequestCode,
    sign_in: CodeSignIn,
    authenticate: Authenticate,
    sign_out: SignOut,
    /// Operations under way. Wait for them before the process ends.
    pub detached: Detached,
}

impl Accounts {
    /// Opens the SQLite database `url`, and builds the use cases on it.
    ///
    /// # Errors
    ///
    /// If `secret` is too short, no gateway is given, or the database cannot be opened.
    pub async fn open(
        url: &str,
        secret: &str,
        gateways: SenderBuilder,
        rules: Rules,
    ) -> Result<Self, BoxError> {
        let database = Database::connect(url, DatabaseOptions::default()).await?;
        database.migrate().await?;
        let stores = Stores {
            users: database.users(),
            journal: database.journal(),
            sessions: database.sessions(),
            codes: database.codes().ok_or("codes need SQLite, or Redis")?,
            throttle: database.throttle().ok_or("limits need SQLite, or Redis")?,
            failures: database.failures(),
        };
        let sealing = SealingKey::new(*Keys::derive_one(secret, "embedded outbox v1")?);
        let dispatch = Arc::new(gateways.build_dispatch(database.outbox(), sealing)?);
        let sender = Arc::new(SmsSender::start(Arc::clone(&dispatch), &Handle::current()));
        let ports = Ports::new(stores, sender, CaptchaRenderer::default(), BcryptSha256::default());
        let rooms = Rooms::open(ports, Keys::derive(secret)?, rules, &Handle::current())?;
        tokio::spawn(upkeep(database, dispatch));
        Ok(Self {
            new_challenge: rooms.new_challenge(),
            present_challenge: rooms.present_challenge(),
            request_code: rooms.request_code(),
            sign_in: rooms.code_sign_in(),
            authenticate: rooms.authenticate(),
            sign_out: rooms.sign_out(),
            detached: rooms.detached,
        })
    }
}

/// Resumes messages of a process that was killed, and deletes what has expired.
async fn upkeep(database: Database, dispatch: Arc<Dispatch>) {
    let once = async || -> Result<(), BoxError> {
        let now = SystemClock.now();
        dispatch.resume_abandoned(16).await?;
        dispatch.outbox().purge(now, now - Duration::from_hours(24)).await?;
        database.sessions().purge(now).await?;
        Ok(database.sweep(now).await.map(drop)?)
    };
    loop {
        if let Err(error) = once().await {
            warn!(%error, "upkeep failed");
        }
        sleep(Duration::from_secs(30)).await;
    }
}
