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

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        panic::{catch_unwind, take_hook},
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::fmt::{self, MakeWriter};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn x2_a_panic_is_a_line_of_the_log() {
        let written = Written::default();
        let subscriber = fmt::Subscriber::builder().json().with_writer(written.clone()).finish();
        let standard = take_hook();
        log_panics();
        let outcome = tracing::subscriber::with_default(subscriber, || {
            catch_unwind(|| panic!("broken\ninvariant"))
        });
        set_hook(standard);
        assert!(outcome.is_err());
        let line = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["level"], "ERROR");
        let fields = &line["fields"];
        assert_eq!(fields["payload"], "broken\ninvariant");
        assert!(fields["at"].as_str().unwrap().contains("panics.rs:"), "{fields}");
        assert!(fields["message"].as_str().unwrap().starts_with("panicked"), "{fields}");
    }
}
