//! What operators do beside and in the running service: commands, and the API of their own.

mod acts;
pub(crate) mod api;
mod audit;
mod commands;
mod gate;
mod hostile;
mod kinds;
mod limits;
mod nodes;
mod requests;

pub(crate) use api::admin_address;

use std::path::Path;

use serde_json::Value;

use crate::support::{Said, Service, run};

/// A command line beside a service, with its settings.
pub(crate) struct Desk<'a> {
    folder: &'a Path,
    settings: &'a [(&'a str, &'a str)],
}

impl<'a> Desk<'a> {
    pub(crate) fn new(service: &'a Service, settings: &'a [(&'a str, &'a str)]) -> Self {
        Self { folder: service.folder().path(), settings }
    }

    /// Runs `passport ARGUMENTS`, with words separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Said {
        run(self.folder, self.settings, &arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// The JSON document of a command that succeeds.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &str) -> Value {
        self.run(arguments).json()
    }
}
