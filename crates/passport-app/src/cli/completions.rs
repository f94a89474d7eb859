use clap::{Args, Command};
use clap_complete::Shell;

use super::output::{Outcome, print};

const EXAMPLES: &str = "\
Examples:
  passport completions bash > /etc/bash_completion.d/passport
  passport completions zsh > /usr/local/share/zsh/site-functions/_passport
  passport completions fish > ~/.config/fish/completions/passport.fish
  source <(passport completions bash)   # this shell only";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Completions {
    /// Shell that is to complete the arguments of `passport`
    shell: Shell,
}

impl Completions {
    /// `passport completions`, for the command line that `passport` describes.
    pub(super) fn run(self, mut passport: Command) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut passport, "passport", &mut script);
        Ok(print(String::from_utf8(script)?.trim_end())?)
    }
}
