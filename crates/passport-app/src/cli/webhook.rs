mod endpoints;
mod list;
mod replay;
mod test;

use std::path::Path;

use clap::{Args, Subcommand};
use passport_webhooks::WebhookSecret;
use rand::Rng;
use secrecy::ExposeSecret;
use serde_json::json;

use super::{
    output::{Outcome, print},
    printable::{json_document, printable},
};

use endpoints::{find, with_store};

pub(super) const EXAMPLES: &str = "\
Examples:
  passport webhook secret                     make a secret for [webhooks.shop]
  passport webhook test shop                  post a test event, and show the answer
  passport webhook list                       endpoints, and what waits for them
  passport webhook list shop                  the newest deliveries of one
  passport webhook replay shop --failed       queue again what failed
  passport webhook enable shop                undo that the endpoint answered 410

Endpoints are the tables [webhooks.<name>] of the settings: see docs/webhooks.md.";

#[derive(Debug, Subcommand)]
pub(super) enum Webhook {
    /// Show endpoints and what waits for them, or the newest deliveries of one
    List(list::List),
    /// Post a signed test event to an endpoint, and show the answer
    Test(test::Test),
    /// Queue events for an endpoint again
    Replay(replay::Replay),
    /// Deliver to an endpoint again that was disabled because it answered 410
    Enable(Enable),
    /// Make a secret, for the settings and for the receiver
    Secret(Secret),
}

impl Webhook {
    /// `passport webhook`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::List(command) => command.run(file),
            Self::Test(command) => command.run(file),
            Self::Replay(command) => command.run(file),
            Self::Enable(command) => command.run(file),
            Self::Secret(command) => command.run(),
        }
    }
}

const ENABLE_EXAMPLES: &str = "\
Examples:
  passport webhook enable shop
  passport webhook enable shop && passport webhook replay shop --since 12h

Events that happened while the endpoint was disabled are not queued by this: replay them.";

#[derive(Debug, Args)]
#[command(after_help = ENABLE_EXAMPLES)]
pub(super) struct Enable {
    /// Name of the endpoint
    name: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Enable {
    fn run(self, file: Option<&Path>) -> Outcome {
        let Self { name, json } = self;
        let changed = with_store(file, async |control, settings| {
            let endpoint = &find(settings, &name)?.endpoint.name;
            Ok(control.store.enable(endpoint).await?)
        })?;
        let name = printable(&name);
        Ok(print(&match (json, changed) {
            (true, _) => json_document(&json!({ "changed": changed }))?,
            (false, true) => format!("{name} gets events again"),
            (false, false) => format!("{name} was not disabled; nothing was changed"),
        })?)
    }
}

const SECRET_EXAMPLES: &str = "\
Examples:
  passport webhook secret
  passport webhook secret --json | jq -r .secret

The secret is printed and kept nowhere. Set it as webhooks.<name>.secret, and give it to the receiver. To
replace one, set secret to a list of the new and the old one until the receiver has the new one.";

#[derive(Debug, Args)]
#[command(after_help = SECRET_EXAMPLES)]
pub(super) struct Secret {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Secret {
    fn run(&self) -> Outcome {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        let text = WebhookSecret::from_bytes(bytes).expose();
        Ok(print(&if self.json {
            json_document(&json!({ "secret": text.expose_secret() }))?
        } else {
            text.expose_secret().to_owned()
        })?)
    }
}
