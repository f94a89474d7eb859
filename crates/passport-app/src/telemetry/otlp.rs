//! Traces by OTLP over HTTP.

use std::{
    error::Error,
    fmt, io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider},
};
use tokio::runtime::{Builder, Runtime};
use tracing::warn;

use crate::{outbound::Outbound, settings::TelemetrySettings};

/// Most spans that wait for the receiver; further ones are dropped.
const QUEUE: usize = 2_048;
/// Most spans of one request.
const BATCH: usize = 512;
/// Time that spans wait for others.
const DELAY: Duration = Duration::from_secs(1);
/// Time that the receiver has for a request.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Time that the end of the process waits for the spans that are left.
const FINISH: Duration = Duration::from_secs(2);
/// Time between two warnings about the receiver.
const QUIET: Duration = Duration::from_mins(1);

/// Traces that are sent by a thread of their own. Dropped, it sends what is left.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts the thread that sends to `endpoint`, and makes a tracer.
    pub(super) fn start(
        endpoint: &str,
        settings: &TelemetrySettings,
    ) -> io::Result<(Self, SdkTracer)> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Receiver::new()?)
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(TIMEOUT)
            .build()
            .map_err(io::Error::other)?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let sampler = Sampler::TraceIdRatioBased(settings.sample_ratio);
        let resource = Resource::builder_empty()
            .with_service_name(settings.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_sampler(Sampler::ParentBased(Box::new(sampler)))
            .with_resource(resource)
            .build();
        let tracer = provider.tracer("passport");
        Ok((Self(provider), tracer))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // What is left is not worth a longer wait; failures to send are logged by the receiver.
        _ = self.0.shutdown_with_timeout(FINISH);
    }
}

/// Client of the receiver. The thread of the traces calls it and waits, so it has a runtime of its own,
/// which takes no time of requests.
struct Receiver {
    runtime: Runtime,
    outbound: Outbound,
    failures: Failures,
}

/// Failures since the last warning about them.
#[derive(Default)]
struct Failures {
    count: AtomicU64,
    last: Mutex<Option<Instant>>,
}

impl Receiver {
    fn new() -> io::Result<Self> {
        Ok(Self {
            runtime: Builder::new_current_thread().enable_all().build()?,
            outbound: Outbound::new().map_err(io::Error::other)?,
            failures: Failures::default(),
        })
    }
}

#[async_trait]
impl HttpClient for Receiver {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let outcome = self.runtime.block_on(self.outbound.send(request, TIMEOUT));
        match &outcome {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => self.failures.warn(&format!("status {}", answer.status()), None),
            Err(error) => self.failures.warn(&error.to_string(), error.source()),
        }
        outcome
    }
}

impl Failures {
    fn warn(&self, error: &str, cause: Option<&(dyn Error + 'static)>) {
        self.count.fetch_add(1, Relaxed);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= QUIET) {
            *last = Some(Instant::now());
            let requests = self.count.swap(0, Relaxed);
            warn!(
                requests,
                error,
                cause,
                "traces were not sent: check telemetry.otlp_endpoint and the receiver there"
            );
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
