use std::{fmt, fs, sync::OnceLock};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

/// Memory, files and times of this process, under the names that all exporters use. Read from `/proc`;
/// absent where there is none.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let gauges = [
            ("process_resident_memory_bytes", "Memory that the process holds", resident()),
            ("process_open_fds", "Open files and sockets", open_files()),
            ("process_max_fds", "Most files and sockets that may be open", most_files()),
            ("process_threads", "Threads of the process", stat(THREADS)),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
                let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
                gauge.encode(metric)?;
            }
        }
        if let Some(start) = started() {
            let gauge = ConstGauge::new(start);
            let help = "Start of the process, in seconds since 1970";
            let kind = gauge.metric_type();
            let metric =
                encoder.encode_descriptor("process_start_time_seconds", help, None, kind)?;
            gauge.encode(metric)?;
        }
        if let (Some(user), Some(system)) = (stat(USER_TIME), stat(SYSTEM_TIME)) {
            let counter = ConstCounter::new(seconds(user + system));
            let help = "Processor time of the process";
            let kind = counter.metric_type();
            let metric = encoder.encode_descriptor("process_cpu_seconds", help, None, kind)?;
            counter.encode(metric)?;
        }
        Ok(())
    }
}

/// Fields of `/proc/self/stat` after the name of the program (proc(5) counts from 1, and two are before).
const USER_TIME: usize = 14 - 3;
const SYSTEM_TIME: usize = 15 - 3;
const THREADS: usize = 20 - 3;
const START: usize = 22 - 3;
/// Ticks in a second: `USER_HZ`, which is part of the interface of Linux.
const TICKS: f64 = 100.0;

fn stat(field: usize) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may contain spaces and parentheses.
    text.rsplit_once(") ")?.1.split(' ').nth(field)?.parse().ok()
}

fn seconds(ticks: u64) -> f64 {
    // Exact for three million years.
    f64::from(u32::try_from(ticks / 100).unwrap_or(u32::MAX))
        + f64::from(u32::try_from(ticks % 100).unwrap_or(0)) / TICKS
}

fn resident() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn open_files() -> Option<u64> {
    // Without the one that reads the folder.
    let count = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
    u64::try_from(count).ok()
}

fn most_files() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/limits").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Does not change, and the start of the machine is read with it only once.
fn started() -> Option<f64> {
    static STARTED: OnceLock<Option<f64>> = OnceLock::new();
    *STARTED.get_or_init(|| {
        let text = fs::read_to_string("/proc/stat").ok()?;
        let boot = text.lines().find_map(|line| line.strip_prefix("btime "))?;
        Some(f64::from(boot.parse::<u32>().ok()?) + seconds(stat(START)?))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use passport_auth::{Clock, SystemClock};

    use super::*;

    #[test]
    fn the_process_is_read() {
        let now = SystemClock.now().unix_timestamp();
        let started = started().unwrap();
        assert!((started - f64::from(u32::try_from(now).unwrap())).abs() < 3_600.0, "{started}");
        assert!((1 << 20..1 << 34).contains(&resident().unwrap()));
        assert!((3..10_000).contains(&open_files().unwrap()));
        assert!(most_files().unwrap() > 100);
        assert!(stat(THREADS).unwrap() >= 1);
        assert!((seconds(12_345) - 123.45).abs() < 1e-9);
    }
}
