use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::label::OTHER;

/// Counts and times requests. Clones share the counts.
#[derive(Debug, Clone)]
pub(crate) struct HttpMeter {
    requests: Family<Request, Counter>,
    durations: Family<Surface, Histogram, fn() -> Histogram>,
    running: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

/// A part of the service whose requests take alike. A route as a label would multiply the buckets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Surface {
    surface: &'static str,
}

/// Beginnings of routes, the longest first, and the names of their surfaces.
const SURFACES: [(&str, &str); 8] = [
    ("/api/admin/", "admin"),
    ("/api/", "api"),
    ("/passport/", "passport"),
    ("/forward-auth", "forward-auth"),
    ("/static/", "files"),
    ("/brand/", "files"),
    ("/sms/receipts/", "receipts"),
    ("/", "pages"),
];

impl HttpMeter {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let meter = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            running: Gauge::default(),
        };
        registry.register(
            "http_requests",
            "Answered requests, by route as the program declares it",
            meter.requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time from the head of a request to the head of its response",
            Unit::Seconds,
            meter.durations.clone(),
        );
        registry.register(
            "http_requests_running",
            "Requests that are being answered",
            meter.running.clone(),
        );
        meter
    }

    /// A request has begun; dropped, it has ended.
    pub(crate) fn begin(&self) -> Running {
        self.running.inc();
        Running(self.running.clone())
    }

    /// A request of `route` was answered after `took`. A request that no route serves has none.
    pub(crate) fn answered(
        &self,
        route: Option<String>,
        method: &str,
        status: u16,
        took: Duration,
    ) {
        // A method that the route does not have would be a series for each pair of both.
        let route = route.filter(|_| status != 405);
        let surface = Surface { surface: surface(route.as_deref()) };
        let route = route.unwrap_or_else(|| OTHER.to_owned());
        let method = known_method(method);
        self.requests.get_or_create(&Request { route, method, status }).inc();
        self.durations.get_or_create(&surface).observe(took.as_secs_f64());
    }
}

/// A request that is being answered.
pub(crate) struct Running(Gauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0])
}

/// `/static/{path:.*}` as `/static/{path}`.
pub(crate) fn shown_route(route: &str) -> String {
    let mut plain = String::with_capacity(route.len());
    let mut is_pattern = false;
    for c in route.chars() {
        match c {
            ':' => is_pattern = true,
            '}' => is_pattern = false,
            _ => {}
        }
        if !is_pattern {
            plain.push(c);
        }
    }
    plain
}

fn surface(route: Option<&str>) -> &'static str {
    match route {
        None => OTHER,
        Some("/healthz" | "/readyz") => "health",
        Some(route) => {
            let found = SURFACES.iter().find(|(begin, _)| route.starts_with(begin));
            found.map_or(OTHER, |(_, name)| name)
        }
    }
}

/// `_OTHER` as in the HTTP conventions of OpenTelemetry.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_shown_without_their_patterns() {
        for (route, shown) in [
            ("/static/{path:.*}", "/static/{path}"),
            ("/api/v1/challenges/{id}/image", "/api/v1/challenges/{id}/image"),
            ("/forward-auth/{tail:.*}", "/forward-auth/{tail}"),
        ] {
            assert_eq!(shown_route(route), shown);
        }
    }

    #[test]
    fn what_a_client_invents_is_no_label() {
        assert_eq!(known_method("GET"), "GET");
        assert_eq!(known_method("BREW"), "_OTHER");
        assert_eq!([surface(None), surface(Some("/api/v1/me"))], [OTHER, "api"]);
        let mut registry = Registry::default();
        let meter = HttpMeter::registered(&mut registry);
        for method in ["BREW", "PROPFIND", "TRACE"] {
            meter.answered(Some("/api/v1/me".to_owned()), method, 405, Duration::ZERO);
        }
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let series = text.lines().filter(|line| line.starts_with("http_requests_total{"));
        assert_eq!(series.count(), 1, "{text}");
    }
}
