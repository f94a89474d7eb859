//! The machine: its processor, and which cores the server and the load run on.

use std::{
    fs,
    num::NonZeroUsize,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use crate::{outcome::Outcome, process::Process};

/// A list of cores, as `taskset` reads it.
pub(crate) type Cores = String;

/// Which cores do what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The server with one worker, and its stores.
    pub(crate) one: Cores,
    /// The load beside it.
    pub(crate) load: Cores,
    /// The server with two workers, and its stores.
    pub(crate) two: Cores,
    /// The load beside two workers.
    pub(crate) load_beside_two: Cores,
    /// The load beside one worker that two are compared with: it shares cores with the one if it does with two.
    pub(crate) load_beside_half: Cores,
}

impl Layout {
    /// The layout of this machine.
    ///
    /// # Errors
    ///
    /// If it has a single core, because then no row would be the server's alone.
    pub(crate) fn of_this_machine() -> Outcome<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self::of(cores).ok_or_else(|| "the load needs a machine with two cores".into())
    }

    fn of(cores: usize) -> Option<Self> {
        let [load, beside_two] = match cores {
            0 | 1 => return None,
            2 => ["1".to_owned(), "0,1".to_owned()],
            3 => ["1".to_owned(), "2".to_owned()],
            _ => ["2".to_owned(), format!("2-{}", cores - 1)],
        };
        let [one, two] = ["0", "0,1"].map(str::to_owned);
        let half = if cores == 2 { &one } else { &beside_two }.clone();
        Some(Self { one, load, two, load_beside_two: beside_two, load_beside_half: half })
    }

    /// Whether the load and two workers share cores.
    pub(crate) fn is_shared(&self) -> bool {
        self.two == self.load_beside_two
    }
}

/// Moves all threads of a running process to `cores`. Processes that it starts inherit them.
pub(crate) fn pin(process: Process, cores: &Cores) -> Outcome {
    let mut command = Command::new("taskset");
    command.args(["-apc", cores, &process.0.to_string()]).stdout(Stdio::null());
    let status = command.status().map_err(|_| "taskset is missing: install util-linux")?;
    if status.success() { Ok(()) } else { Err(format!("taskset failed: {status}").into()) }
}

/// The processor, the number of cores and the kernel.
pub(crate) fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.unwrap_or_default().trim_start_matches(['\t', ' ', ':']);
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {cores} cores, Linux {}", kernel.trim())
}

/// Type of the file system that holds `folder`.
pub(crate) fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let holding = mounts.filter(|(place, _)| folder.starts_with(place));
    let nearest = holding.max_by_key(|(place, _)| place.len());
    nearest.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_has_a_core_of_its_own_beside_one_worker() {
        for cores in [2, 3, 4, 16] {
            let layout = Layout::of(cores).unwrap();
            assert_ne!(layout.one, layout.load);
        }
        assert_eq!(Layout::of(1), None);
    }

    #[test]
    fn two_workers_share_cores_with_the_load_only_where_there_are_two() {
        assert!(Layout::of(2).unwrap().is_shared());
        assert!(!Layout::of(3).unwrap().is_shared());
        assert_eq!(Layout::of(4).unwrap().load_beside_two, "2-3");
    }

    #[test]
    fn one_worker_that_two_are_compared_with_has_half_of_what_they_have() {
        let of = |cores| Layout::of(cores).unwrap();
        assert_eq!((of(2).load_beside_half, of(2).load_beside_two), ("0".into(), "0,1".into()));
        for cores in [3, 4] {
            assert_eq!(of(cores).load_beside_half, of(cores).load_beside_two);
        }
    }
}
