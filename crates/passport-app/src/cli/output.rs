use std::{
    error::Error,
    io::{self, Write},
};

/// Result of a command; the error is printed, with its causes.
pub(super) type Outcome = Result<(), Box<dyn Error>>;

/// Prints lines to standard output. A closed pipe is no failure, as in `passport config show | head`.
pub(super) fn print(lines: &str) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{lines}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}
