mod token;

use std::path::Path;

use clap::Subcommand;

use super::output::Outcome;

pub(super) const EXAMPLES: &str = "\
Examples:
  passport admin token add ci --scope users:read --expires 90d
  passport admin token list
  passport admin token remove ci";

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Tokens of the API for operators
    #[command(subcommand, after_help = token::EXAMPLES)]
    Token(token::Token),
}

impl Admin {
    /// `passport admin`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::Token(command) => command.run(file),
        }
    }
}
