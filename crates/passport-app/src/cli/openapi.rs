use std::path::Path;

use clap::Args;

use super::{
    load::load,
    output::{Outcome, print},
};
use crate::http::{ApiSite, document};

const EXAMPLES: &str = "\
Examples:
  passport openapi > openapi.json   for a generator of clients

The running service answers the same document at /openapi.json, and shows it at /docs.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Openapi {}

impl Openapi {
    /// `passport openapi`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let Self {} = self;
        let settings = load(file)?;
        let origin = settings.http.origin(settings.http.listen);
        let document = document(&ApiSite::at(&settings, &origin));
        Ok(print(&format!("{document:#}"))?)
    }
}
