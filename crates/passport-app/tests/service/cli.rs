//! The command line: output and exit status.

mod check;
mod custom_http;
mod help;
mod lists;
mod migrate;
mod production;
mod secret;
mod shell;
mod show;
mod sms;
mod version;
mod warnings;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::support::binary;

/// Time for a command, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A folder in which commands run, with only the given environment variables.
struct Folder(TempDir);

/// Output and exit status of a command.
#[derive(Debug)]
struct Said {
    status: i32,
    out: String,
    err: String,
}

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with this `passport.toml`.
    fn with_settings(text: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.path("passport.toml"), text).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    /// Runs `passport COMMAND`, with words separated by spaces.
    fn run(&self, command: &str) -> Said {
        self.run_with(command, &[])
    }

    fn run_with(&self, command: &str, variables: &[(&str, &str)]) -> Said {
        let mut process = self.command(command);
        process.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = process.spawn().expect("the binary runs");
        let pid = Pid::from_child(&process);
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(process.wait_with_output()));
        // A service that should refuse to start, but starts, would run for ever.
        let output = end.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            kill_process(pid, Signal::KILL).unwrap();
            panic!("timed out: {command}");
        });
        let output = output.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let said = Said {
            status: output.status.code().expect("the process was not killed"),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!said.err.contains("panicked"), "{said:?}");
        said
    }

    fn command(&self, command: &str) -> Command {
        let mut process = Command::new(binary());
        process.args(command.split_whitespace()).current_dir(self.0.path());
        process.env_clear().stdin(Stdio::null());
        process
    }
}

impl Said {
    /// The output of a command that succeeded without warnings.
    #[track_caller]
    fn good(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{self:?}");
        self.out
    }

    /// The warnings of a command that succeeded, without the name of the program.
    #[track_caller]
    fn warnings(&self) -> Vec<&str> {
        assert_eq!(self.status, 0, "{self:?}");
        let warning = |line| str::strip_prefix(line, "passport: warning: ");
        self.err.lines().map(|line| warning(line).unwrap_or_else(|| panic!("{self:?}"))).collect()
    }

    /// The error lines of a command that failed, without the name of the program. It must print nothing
    /// else.
    #[track_caller]
    fn faults(&self) -> Vec<&str> {
        assert_eq!((self.status, self.out.as_str()), (1, ""), "{self:?}");
        let fault = |line| str::strip_prefix(line, "passport: ");
        self.err.lines().map(|line| fault(line).unwrap_or_else(|| panic!("{self:?}"))).collect()
    }
}
