use std::{
    fs::File,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{outcome::Outcome, process::Process};

/// Time for a server to accept connections.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A process that ends with this one.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    /// Signal that ends it without leaving children behind.
    end: Signal,
}

impl Daemon {
    /// Starts `command`. Its output goes to the file `log`.
    pub(crate) fn start(command: &mut Command, log: &Path, end: Signal) -> Outcome<Self> {
        let log = File::create(log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Self { child: command.spawn()?, end })
    }

    /// Takes over a process that was started.
    pub(crate) fn of(child: Child) -> Self {
        Self { child, end: Signal::KILL }
    }

    /// Waits until something accepts connections on `port`.
    pub(crate) fn wait_for(&mut self, port: u16) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < START_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("it ended: {status}").into());
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("it does not accept connections".into())
    }

    pub(crate) fn process(&self) -> Process {
        Process(self.child.id())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Signalling fails if the process has ended already.
        let _ = kill_process(Pid::from_child(&self.child), self.end);
        let _ = self.child.wait();
    }
}

/// A port that is free at this moment.
pub(super) fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
