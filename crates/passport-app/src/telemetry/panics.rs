use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{PanicHookInfo, set_hook},
    thread,
};

use tracing::error;

/// Logs panics as errors from now on. The standard hook writes to standard error itself and waits
/// for a pipe that is not read.
pub(super) fn log_panics() {
    set_hook(Box::new(log));
}

fn log(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
    error!(
        thread = thread::current().name(),
        at = panic.location().map(tracing::field::display),
        payload = panic.payload_as_str(),
        backtrace = backtrace.as_ref().map(tracing::field::display),
        "panicked: this is a fault of the program"
    );
}
