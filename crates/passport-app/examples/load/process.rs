//! What Linux tells of processes: processor time and memory.

use std::{
    collections::{HashMap, HashSet},
    fs,
    time::Duration,
};

/// Ticks per second in `/proc/<pid>/stat`; every Linux has 100.
const TICKS: u64 = 100;

/// A running process, and with it the processes that it starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(pub(crate) u32);

impl Process {
    /// This process.
    pub(crate) fn own() -> Self {
        Self(std::process::id())
    }

    /// Processor time used so far: its own, that of its living children, and that of those that ended.
    pub(crate) fn cpu(self) -> Duration {
        let children: Duration = self.children().into_iter().map(|child| child.stat().own).sum();
        let Times { own, ended } = self.stat();
        own + ended + children
    }

    /// Processor time of the process alone.
    pub(crate) fn own_cpu(self) -> Duration {
        self.stat().own
    }

    /// The thread that used most processor time since `before`.
    pub(crate) fn busiest_since(self, before: &HashMap<u32, Duration>) -> Busiest {
        let used = |(thread, now): (u32, Duration)| {
            (now.saturating_sub(before.get(&thread).copied().unwrap_or_default()), thread)
        };
        let Some((time, thread)) = self.threads().into_iter().map(used).max() else {
            return Busiest::default();
        };
        let name = fs::read_to_string(format!("/proc/{}/task/{thread}/comm", self.0));
        Busiest { name: name.unwrap_or_default().trim().to_owned(), time }
    }

    /// Processor time of each of its threads so far.
    pub(crate) fn threads(self) -> HashMap<u32, Duration> {
        let stat = |task: u32| fs::read_to_string(format!("/proc/{}/task/{task}/stat", self.0));
        let time = |task| Some((task, times(&stat(task).ok()?).own));
        self.tasks().filter_map(time).collect()
    }

    /// Whether no core that may run it may run `other`.
    pub(crate) fn is_apart_from(self, other: Self) -> bool {
        let cores = |process: Self| cores(&process.status());
        cores(self).is_disjoint(&cores(other))
    }

    fn tasks(self) -> impl Iterator<Item = u32> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0)).into_iter().flatten().flatten();
        tasks.filter_map(|task| task.file_name().to_str()?.parse().ok())
    }

    /// Resident memory in KiB.
    pub(crate) fn memory_kib(self) -> u64 {
        field(&self.status(), "VmRSS:")
    }

    /// Resident memory in KiB without pages of files, such as those of a database that is mapped.
    pub(crate) fn own_memory_kib(self) -> u64 {
        field(&self.status(), "RssAnon:")
    }

    fn status(self) -> String {
        fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default()
    }

    /// The processes that it started and that run.
    pub(crate) fn children(self) -> Vec<Self> {
        // Each thread has a list of the processes that it started.
        let list = |task| fs::read_to_string(format!("/proc/{}/task/{task}/children", self.0));
        let lists = self.tasks().filter_map(|task| list(task).ok());
        lists.flat_map(|list| ids(&list)).map(Self).collect()
    }

    fn stat(self) -> Times {
        times(&fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default())
    }
}

/// A thread that uses more processor time than each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Busiest {
    /// As the kernel keeps it, cut to 15 bytes.
    pub(crate) name: String,
    pub(crate) time: Duration,
}

/// Processor time of a process, and of its children that have ended.
#[derive(Debug, PartialEq, Eq, Default)]
struct Times {
    own: Duration,
    ended: Duration,
}

/// Reads `/proc/<pid>/stat`. The second field is a name that may contain spaces and brackets.
fn times(stat: &str) -> Times {
    let Some((_, fields)) = stat.rsplit_once(") ") else { return Times::default() };
    let ticks: Vec<u64> =
        fields.split(' ').skip(11).take(4).map(|it| it.parse().unwrap_or(0)).collect();
    let [user, system, ended_user, ended_system] = ticks[..] else { return Times::default() };
    let time = |ticks: u64| Duration::from_millis(ticks * 1_000 / TICKS);
    Times { own: time(user + system), ended: time(ended_user + ended_system) }
}

/// Reads the field `name` of `/proc/<pid>/status`, in KiB.
fn field(status: &str, name: &str) -> u64 {
    line(status, name).split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// Reads the list of cores in `/proc/<pid>/status`, such as `0-2,5`.
fn cores(status: &str) -> HashSet<u32> {
    let ranges = line(status, "Cpus_allowed_list:").trim().split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?)
    });
    ranges.flatten().collect()
}

fn line<'a>(status: &'a str, name: &str) -> &'a str {
    status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default()
}

fn ids(list: &str) -> Vec<u32> {
    list.split_whitespace().flat_map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 1 2 3 4 150 50 20 10 20 0 1 0 99 1 1 0";
        let times = times(stat);
        assert_eq!(times.own, Duration::from_secs(2));
        assert_eq!(times.ended, Duration::from_millis(300));
    }

    #[test]
    fn a_process_that_is_gone_has_used_nothing() {
        assert_eq!(times(""), Times::default());
        assert_eq!(field("", "VmRSS:"), 0);
    }

    #[test]
    fn resident_memory_is_read_in_kib() {
        let status = "Name:\tx\nVmRSS:\t   12345 kB\nRssAnon:\t 9 kB\n";
        assert_eq!((field(status, "VmRSS:"), field(status, "RssAnon:")), (12_345, 9));
    }

    #[test]
    fn lists_of_children_are_read() {
        assert_eq!(ids("12 34 \n"), [12, 34]);
    }

    #[test]
    fn lists_of_cores_are_read() {
        let of = |list: &str| {
            let mut cores: Vec<_> =
                cores(&format!("Name:\tx\nCpus_allowed_list:\t{list}\n")).into_iter().collect();
            cores.sort_unstable();
            cores
        };
        assert_eq!((of("0-2,5"), of("1"), of("")), (vec![0, 1, 2, 5], vec![1], Vec::new()));
    }

    #[test]
    fn the_busiest_thread_has_a_name() {
        let before = Process::own().threads();
        let spin = || {
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_millis(200) {}
            Process::own().busiest_since(&before)
        };
        let busiest = std::thread::scope(|scope| scope.spawn(spin).join());
        let Busiest { name, time } = busiest.unwrap();
        assert!(!name.is_empty() && time > Duration::from_millis(10), "{name}: {time:?}");
    }

    #[test]
    fn a_process_shares_its_cores_with_itself() {
        assert!(!Process::own().is_apart_from(Process::own()));
    }

    #[test]
    fn this_process_has_memory() {
        let (all, own) = (Process::own().memory_kib(), Process::own().own_memory_kib());
        assert!(all > own && own > 100, "{all}, {own}");
    }
}
