use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command};
use clap_mangen::Man as Page;
use passport_user::NumberingPlans;

use super::output::{Outcome, print};

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
    /// `passport man`, for the command line that `passport` describes.
    pub(super) fn run(self, mut passport: Command) -> Outcome {
        passport.build();
        match self.dir {
            Some(dir) => write_all(&passport, &dir),
            None => Ok(print(page(&passport)?.trim_end())?),
        }
    }
}

/// Writes the pages of `command` and of those below it.
fn write_all(command: &Command, dir: &Path) -> Outcome {
    let path = dir.join(format!("{}.1", name_of(command)));
    let text = page(command)?;
    fs::write(&path, text).map_err(|error| {
        let path = path.display();
        io::Error::new(error.kind(), format!("{path} cannot be written: {error}"))
    })?;
    let mut below = command.get_subcommands().filter(|it| it.get_name() != "help");
    below.try_for_each(|command| write_all(command, dir))
}

/// The page in roff. Its date is that of the numbering plans, which each release renews, because a build
/// has no other one.
fn page(command: &Command) -> io::Result<String> {
    let page = Page::new(command.clone())
        .title(name_of(command).to_uppercase())
        .date(NumberingPlans::of_this_build().date.to_string())
        .source(concat!("passport ", env!("CARGO_PKG_VERSION")))
        .manual("passport");
    let mut roff = Vec::new();
    page.render_title(&mut roff)?;
    page.render_name_section(&mut roff)?;
    page.render_synopsis_section(&mut roff)?;
    page.render_description_section(&mut roff)?;
    page.render_options_section(&mut roff)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut roff)?;
    }
    let roff = String::from_utf8(roff).map_err(io::Error::other)?;
    let notes = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    Ok(without_empty_breaks(&roff) + &examples(&notes))
}

/// The page without line breaks beside an empty line, which mandoc warns of.
fn without_empty_breaks(roff: &str) -> String {
    let lines: Vec<_> = roff.lines().collect();
    let is_space = |at: Option<usize>| at.and_then(|at| lines.get(at)) == Some(&"");
    let kept = lines.iter().enumerate().filter(|(at, line)| {
        **line != ".br" || !(is_space(at.checked_sub(1)) || is_space(Some(at + 1)))
    });
    let kept: Vec<_> = kept.map(|(_, line)| *line).collect();
    kept.join("\n") + "\n"
}

/// What stands below the help of a command, line by line as it is there.
fn examples(notes: &str) -> String {
    let escape = |line: &str| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A line that begins with one of these would be a request.
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        format!("{guard}{line}")
    };
    let lines: Vec<_> = notes.lines().map(escape).collect();
    if lines.is_empty() {
        return String::new();
    }
    format!(".SH EXAMPLES\n.nf\n{}\n.fi\n", lines.join("\n"))
}

/// The name with those of the commands above, such as `passport-user-list`.
fn name_of(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}
