use std::{fs, net::SocketAddr, time::Duration};

/// Ticks per second in `/proc/<pid>/stat`; every Linux has 100.
const TICKS: u64 = 100;

/// A running server.
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    pub(crate) id: u32,
}

impl Process {
    /// Processor time used so far.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_of(&self.id.to_string())
    }

    /// Resident memory.
    pub(crate) fn memory_mib(&self) -> u64 {
        let status = proc_file(&self.id.to_string(), "status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

/// Processor time that a process has used so far. `process` is its id, or `self`.
pub(crate) fn cpu_of(process: &str) -> Duration {
    let stat = proc_file(process, "stat");
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 = fields.split(' ').skip(11).take(2).flat_map(str::parse::<u64>).sum();
    Duration::from_millis(ticks * 1_000 / TICKS)
}

fn proc_file(process: &str, name: &str) -> String {
    fs::read_to_string(format!("/proc/{process}/{name}")).unwrap_or_default()
}
