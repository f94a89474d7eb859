use std::{error::Error, fmt, iter::successors};

use serde_json::{Value, json};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
};

/// JSON lines with the causes of errors: beside `error` there is `error.sources`. The format itself
/// writes the outermost error only, which hides the cause.
pub(super) struct WithSources(pub(super) Format<Json>);

impl<S, N> FormatEvent<S, N> for WithSources
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut sources = Sources(Vec::new());
        event.record(&mut sources);
        if sources.0.is_empty() {
            return self.0.format_event(context, writer, event);
        }
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let object = line.trim_end().strip_suffix('}').ok_or(fmt::Error)?;
        writer.write_str(object)?;
        for (field, sources) in sources.0 {
            write!(writer, r#","{field}.sources":{sources}"#)?;
        }
        writer.write_str("}\n")
    }
}

/// Per error field with causes, their messages.
struct Sources(Vec<(&'static str, Value)>);

impl Visit for Sources {
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        let sources: Vec<_> =
            successors(error.source(), |&it| it.source()).map(ToString::to_string).collect();
        if !sources.is_empty() {
            self.0.push((field.name(), json!(sources)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::from_slice;
    use thiserror::Error;
    use tracing::{error, info, info_span};
    use tracing_subscriber::fmt;

    use super::*;

    #[derive(Debug, Error)]
    #[error("a store is unavailable")]
    struct Outer(#[source] Inner);

    #[derive(Debug, Error)]
    #[error("no answer from \"here\"")]
    struct Inner(#[source] io::Error);

    /// The lines that `work` logs.
    fn logged(work: impl FnOnce()) -> Vec<Value> {
        let log = Arc::new(Mutex::new(Vec::new()));
        let subscriber = fmt()
            .json()
            .flatten_event(true)
            .map_event_format(WithSources)
            .with_writer({
                let log = Arc::clone(&log);
                move || Writer(Arc::clone(&log))
            })
            .finish();
        tracing::subscriber::with_default(subscriber, work);
        let log = log.lock().unwrap();
        log.split_inclusive(|byte| *byte == b'\n').map(|line| from_slice(line).unwrap()).collect()
    }

    struct Writer(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_error_is_logged_with_its_causes() {
        let error = Outer(Inner(io::Error::other("connection\nrefused")));
        let lines = logged(|| {
            let _span = info_span!("request", request_id = 7).entered();
            error!(phone = "138****8000", error = &error as &dyn Error, "code not sent");
            info!("and on");
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        let line = &lines[0];
        assert_eq!(line["error"], "a store is unavailable");
        let sources = json!(["no answer from \"here\"", "connection\nrefused"]);
        assert_eq!(line["error.sources"], sources);
        assert_eq!(
            (&line["message"], &line["phone"]),
            (&json!("code not sent"), &json!("138****8000"))
        );
        assert_eq!(line["span"]["request_id"], 7);
        assert_eq!(lines[1]["message"], "and on");
    }

    #[test]
    fn an_error_without_a_cause_has_no_further_field() {
        let error = io::Error::other("full");
        let lines = logged(|| error!(error = &error as &dyn Error, "not written"));
        assert_eq!(lines[0]["error"], "full");
        assert_eq!(lines[0].get("error.sources"), None);
    }
}
