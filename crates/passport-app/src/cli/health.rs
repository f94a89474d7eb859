use std::{
    collections::BTreeMap,
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use actix_web::rt::System;
use clap::Args;
use hyper::{Request, StatusCode, body::Bytes, header};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    load::load,
    operator::Usage,
    output::{Outcome, print},
    printable::{json_line, printable},
};
use crate::{outbound::Outbound, settings};

const EXAMPLES: &str = "\
Examples:
  passport health
  passport health --url https://accounts.example.org --json
  HEALTHCHECK CMD [\"passport\", \"health\"]          in a container file

Asks GET /readyz of the service that the settings describe, on this machine, or of --url. Exit status 0: the
service is ready. 1: it is not, it does not answer, or the settings have errors.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Health {
    /// Address of the service [default: http.listen of the settings]
    #[arg(long, value_name = "URL", value_parser = url)]
    url: Option<Url>,
    /// Longest time until the answer
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = timeout)]
    timeout: Duration,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The answer of `/readyz`.
#[derive(Debug, Serialize, Deserialize)]
struct Readiness {
    status: String,
    #[serde(default)]
    checks: BTreeMap<String, String>,
}

impl Health {
    /// `passport health`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let url = match &self.url {
            Some(url) => url.clone(),
            None => url_of(load(file)?.http.listen)?,
        };
        let (status, readiness) = System::new().block_on(ask(&url, self.timeout))?;
        let is_ready = status == StatusCode::OK;
        if self.json {
            print(&json_line(&readiness)?)?;
        }
        let checks = readiness.checks.iter().map(|(name, state)| format!("{name} {state}"));
        let checks = printable(&checks.collect::<Vec<_>>().join(", "));
        if !is_ready {
            return Err(format!("{url} is not ready: {checks}").into());
        }
        if !self.json {
            print(&format!("{url} is ready: {checks}"))?;
        }
        Ok(())
    }
}

/// Asks `/readyz` below `url`.
async fn ask(url: &Url, limit: Duration) -> Result<(StatusCode, Readiness), Box<dyn Error>> {
    let mut readyz = url.clone();
    readyz.set_path(&format!("{}/readyz", url.path().trim_end_matches('/')));
    let request = Request::get(readyz.as_str())
        .header(header::USER_AGENT, concat!("passport/", env!("CARGO_PKG_VERSION")))
        .body(Bytes::new())?;
    let answer = Outbound::new()?.send(request, limit).await;
    let answer = answer.map_err(|error| format!("{url} does not answer: {}", chain(&*error)))?;
    let status = answer.status();
    match (status, serde_json::from_slice(answer.body())) {
        (StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE, Ok(readiness)) => Ok((status, readiness)),
        _ => Err(format!(
            "{readyz} answered with status {status}, which is not an answer of passport: check the address"
        )
        .into()),
    }
}

/// The error with its causes.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The address at which this machine reaches a service that listens on `listen`.
fn url_of(listen: SocketAddr) -> Result<Url, Usage> {
    if listen.port() == 0 {
        let text = "http.listen has port 0, so the port of the service is not known: add --url";
        return Err(Usage(text.to_owned()));
    }
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, listen.port());
    Url::parse(&format!("http://{address}")).map_err(|error| Usage(error.to_string()))
}

/// Parses `--url`.
fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.filter(Url::has_host).ok_or_else(|| "must be http:// or https:// with a host".to_owned())
}

/// Parses `--timeout`.
fn timeout(text: &str) -> Result<Duration, String> {
    let bounds = Duration::from_millis(1)..=Duration::from_mins(5);
    let duration = settings::duration(text).filter(|duration| bounds.contains(duration));
    duration.ok_or_else(|| "must be a duration from 1ms to 5m, such as 5s".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_all_addresses_is_asked_on_this_machine() {
        for (listen, url) in [
            ("0.0.0.0:8080", "http://127.0.0.1:8080/"),
            ("[::]:8080", "http://[::1]:8080/"),
            ("10.1.2.3:80", "http://10.1.2.3/"),
        ] {
            assert_eq!(url_of(listen.parse().unwrap()).unwrap().as_str(), url);
        }
        assert!(url_of("127.0.0.1:0".parse().unwrap()).is_err());
    }
}
