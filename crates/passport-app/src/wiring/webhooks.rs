//! Webhooks: their deliveries in the service, and their control in a command.

use std::sync::Arc;

use passport_auth::{Clock, SystemClock};
use passport_storage_diesel::Database;
use passport_webhooks::{Deliveries, WebhookControl};
use tokio::runtime::Handle;

use super::{database::look_at_database, error::WiringError};
use crate::settings::{Settings, WebhookSettings};

/// Subscribes the endpoints of the settings, and starts to deliver. Without endpoints events are not
/// queued any more.
pub(super) async fn deliver(
    settings: &Settings,
    database: &Database,
    runtime: &Handle,
) -> Result<Deliveries, WiringError> {
    let endpoints = settings.webhooks.iter().cloned();
    let endpoints = endpoints.map(|WebhookSettings { endpoint, sender }| (endpoint, sender));
    let clock = Arc::new(|| SystemClock.now());
    let (store, users) = (database.webhooks(), database.users());
    Ok(Deliveries::start(endpoints.collect(), store, users, clock, runtime).await?)
}

/// Opens the store of webhooks, for a command. Does not migrate the database.
pub(crate) async fn control_webhooks(settings: &Settings) -> Result<WebhookControl, WiringError> {
    let database = look_at_database(&settings.database).await?;
    Ok(WebhookControl { store: database.webhooks(), journal: database.journal() })
}
