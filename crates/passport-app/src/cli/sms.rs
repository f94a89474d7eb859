mod choice;
mod costs;
mod gateways;
mod lint;
mod status;
mod test;

use std::path::Path;

use clap::Subcommand;

use super::output::Outcome;

pub(super) const EXAMPLES: &str = "\
Examples:
  passport sms test --to +8613800138000
  passport sms status
  passport sms lint --topic register && systemctl restart passport";

#[derive(Debug, Subcommand)]
pub(super) enum Sms {
    /// Send a test code and show the result; exit with 0 only if it was sent
    Test(test::Test),
    /// Show recent delivery statistics by gateway, country and carrier
    Status(status::Status),
    /// List messages without a gateway and contradictory settings; exit with 1 if there are any
    Lint(lint::Lint),
}

impl Sms {
    /// `passport sms`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::Test(command) => command.run(file),
            Self::Status(command) => command.run(file),
            Self::Lint(command) => command.run(file),
        }
    }
}
