use std::fmt;

use prometheus_client::{
    encoding::{prometheus_text, text},
    registry::Registry,
};

/// The metrics as a scrape reads them.
pub(crate) struct Page(Registry);

/// Text format of a scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/openmetrics-text`, version 1.0.0.
    OpenMetrics,
    /// The text format 0.0.4 of Prometheus, which every scraper reads.
    Prometheus,
}

impl Page {
    pub(super) fn new(registry: Registry) -> Self {
        Self(registry)
    }

    /// The present values.
    pub(crate) fn write(&self, format: Format) -> Result<String, fmt::Error> {
        let mut page = String::new();
        match format {
            Format::OpenMetrics => text::encode(&mut page, &self.0)?,
            Format::Prometheus => prometheus_text::encode(&mut page, &self.0)?,
        }
        Ok(page)
    }
}

impl Format {
    /// The format that a scraper with this `Accept` header prefers.
    pub(crate) fn accepted(accept: Option<&str>) -> Self {
        let wants_open_metrics =
            accept.is_some_and(|accept| accept.contains("application/openmetrics-text"));
        if wants_open_metrics { Self::OpenMetrics } else { Self::Prometheus }
    }

    /// Value of the `Content-Type` header.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}
