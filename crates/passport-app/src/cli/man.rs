use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::{
    Arguments,
    output::{Outcome, print},
};

const EXAMPLES: &str = "\
Examples:
  passport man | man -l -                            read the page of passport
  passport man --dir /usr/local/share/man/man1       write a page for each command";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Man {
    /// Folder, which must exist, for the pages of all commands, such as passport-user-list.1
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

impl Man {
    /// `passport man`
    pub(super) fn run(self) -> Outcome {
        let mut command = Arguments::command();
        command.build();
        match self.dir {
            Some(dir) => write_all(&command, &dir),
            None => Ok(print(page(&command)?.trim_end())?),
        }
    }
}

/// Writes the pages of `command` and of those below it.
fn write_all(command: &Command, dir: &Path) -> Outcome {
    // The name of a command below another one has the names of both.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let path = dir.join(format!("{name}.1"));
    let text = page(command)?;
    fs::write(&path, text).map_err(|error| {
        let path = path.display();
        io::Error::new(error.kind(), format!("{path} cannot be written: {error}"))
    })?;
    let below = command.get_subcommands().filter(|it| it.get_name() != "help");
    below.into_iter().try_for_each(|command| write_all(command, dir))
}

/// The page in roff.
fn page(command: &Command) -> io::Result<String> {
    let mut page = Vec::new();
    Page::new(command.clone()).render(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}
