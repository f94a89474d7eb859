//! The binary `passport`.

use std::process::ExitCode;

fn main() -> ExitCode {
    passport_app::cli::run()
}
