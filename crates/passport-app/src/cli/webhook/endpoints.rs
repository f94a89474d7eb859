//! What the commands about webhooks share.

use std::{error::Error, path::Path};

use actix_web::rt::System;
use passport_webhooks::WebhookControl;

use crate::{
    cli::{load::load, operator::Usage, printable::printable},
    settings::{LogSettings, Settings, WebhookSettings},
    telemetry, wiring,
};

/// The log of a command, whose outcome is printed.
const LOG_FILTER: &str = "warn";

/// Runs `command` on the store of the settings.
pub(super) fn with_store<T>(
    file: Option<&Path>,
    command: impl AsyncFnOnce(&WebhookControl, &Settings) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let settings: Settings = load(file)?;
    let log = LogSettings { filter: LOG_FILTER.to_owned(), ..settings.log.clone() };
    let _flush = telemetry::init(&log)?;
    System::new().block_on(async {
        let control = wiring::control_webhooks(&settings).await?;
        command(&control, &settings).await
    })
}

/// The endpoint of this name.
pub(super) fn find<'a>(settings: &'a Settings, name: &str) -> Result<&'a WebhookSettings, Usage> {
    let found = settings.webhooks.iter().find(|it| it.endpoint.name.as_str() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = settings.webhooks.iter().map(|it| it.endpoint.name.as_str()).collect();
        let name = printable(name);
        Usage(if names.is_empty() {
            format!("there is no endpoint {name}: the settings have no table [webhooks.<name>]")
        } else {
            format!("there is no endpoint {name}; the settings have {}", names.join(", "))
        })
    })
}
