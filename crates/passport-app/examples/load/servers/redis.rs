use std::{fs, path::Path, process::Command};

use rustix::process::Signal;

use super::{
    daemon::{Daemon, free_port},
    programs::redis_program,
};
use crate::{machine::Cores, outcome::Outcome, process::Process};

/// Durable as docker-compose.yml has it: what was written a second ago survives. The file is not rewritten,
/// so that no row is measured while Redis copies itself.
const SETTINGS: [&str; 10] = [
    "--appendonly",
    "yes",
    "--appendfsync",
    "everysec",
    "--auto-aof-rewrite-percentage",
    "0",
    "--save",
    "",
    "--daemonize",
    "no",
];

/// A Redis server.
#[derive(Debug)]
pub(crate) struct Redis {
    daemon: Daemon,
    port: u16,
}

impl Redis {
    /// Starts a server with data in `folder`, which must not exist, on `cores`.
    pub(crate) fn start(folder: &Path, cores: &Cores) -> Outcome<Self> {
        fs::create_dir(folder)?;
        let port = free_port()?;
        let mut command = Command::new("taskset");
        command.args(["-c", cores]).arg(redis_program()?).args(SETTINGS);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--dir"]).arg(folder);
        let log = folder.join("log");
        let mut daemon = Daemon::start(&mut command, &log, Signal::KILL)?;
        let failed = |error| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            format!("Redis did not start: {error}\n{said}")
        };
        daemon.wait_for(port).map_err(failed)?;
        Ok(Self { daemon, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn process(&self) -> Process {
        self.daemon.process()
    }
}
