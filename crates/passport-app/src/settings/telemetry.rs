use url::Url;

use super::{Environment, mask::mask_password, reader::Reader};

/// Traces for an OpenTelemetry collector.
#[derive(Debug, Clone)]
pub struct TelemetrySettings {
    /// `telemetry.otlp_endpoint`, without a slash at its end. Without it nothing is traced.
    pub otlp_endpoint: Option<String>,
    /// `telemetry.sample_ratio`: share of the requests that are traced, if their sender decides nothing.
    pub sample_ratio: f64,
    /// `telemetry.service_name`
    pub service_name: String,
}

impl TelemetrySettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        const KEY: &str = "telemetry.otlp_endpoint";
        let text = reader.url(KEY, "", mask_password);
        let endpoint = match (text.as_str(), endpoint(&text)) {
            ("", _) => None,
            (_, Some(endpoint)) => Some(endpoint),
            (_, None) => {
                reader.fault_in(
                    KEY,
                    "but must be http:// or https:// with host and port of an OTLP/HTTP receiver, such as \
                     http://127.0.0.1:4318",
                );
                None
            }
        };
        if let Some(endpoint) = &endpoint
            && endpoint.scheme() == "http"
            && !is_loopback(endpoint)
            && environment.is_production()
        {
            reader.warn(
                KEY,
                "so traces leave this machine unencrypted: use https://, or a collector on this machine",
            );
        }
        let ratio = "a number from 0 to 1, such as 0.1";
        Self {
            otlp_endpoint: endpoint.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            sample_ratio: reader.read("telemetry.sample_ratio", "1", ratio, |text| {
                text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio))
            }),
            service_name: reader.read(
                "telemetry.service_name",
                "passport",
                "1 to 64 letters, digits, '-', '_' or '.'",
                |text| {
                    let is_plain =
                        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                    let is_name = (1..=64).contains(&text.len()) && text.chars().all(is_plain);
                    is_name.then(|| text.to_owned())
                },
            ),
        }
    }
}

fn endpoint(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (is_web && is_bare).then_some(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
