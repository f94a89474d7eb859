use std::fs;

use passport_webhooks::{Endpoint, EndpointName, EndpointUrl, EventType, Sender, WebhookSecret};

use super::{Environment, reader::Reader};

/// An endpoint of `[webhooks.<name>]`.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Sender that trusts the public roots, and those of `root_ca`.
    pub sender: Sender,
}

/// Most secrets, which there are during a rotation.
const MOST_SECRETS: usize = 2;

impl WebhookSettings {
    /// The endpoints without faults. Switches such as `allow_private` are keys of each endpoint, because a
    /// key of `[webhooks]` itself would stand among the names, and because an endpoint inside the network
    /// should not open it to the others.
    pub(super) fn read_all(reader: &mut Reader, environment: Environment) -> Vec<Self> {
        let names = reader.sections("webhooks");
        names.iter().filter_map(|name| Self::read(reader, name, environment)).collect()
    }

    fn read(reader: &mut Reader, name: &str, environment: Environment) -> Option<Self> {
        let key = |key: &str| format!("webhooks.{name}.{key}");
        let Ok(name) = name.parse::<EndpointName>().inspect_err(|error| {
            reader.fault(format!("webhooks.{name} is not the name of an endpoint: {error}"));
            reader.forget(&format!("webhooks.{name}"));
        }) else {
            return None;
        };
        let allow_private = reader.flag(&key("allow_private"), false);
        let url = url(reader, &key("url"), allow_private);
        let secrets = secrets(reader, &key("secret"));
        let events = events(reader, &key("events"));
        let reveal_mobile = reader.flag(&key("reveal_mobile"), false);
        let timeout = reader.duration(&key("timeout"), "15s", "1s"..="30s");
        let concurrency = reader.number(&key("concurrency"), "8", 1..=100);
        let sender = sender(reader, &key("root_ca"));
        let url = url?;
        if !url.is_https() {
            if reveal_mobile && !url.is_loopback() {
                reader.fault_in(
                    &key("reveal_mobile"),
                    "but whole phone numbers would be sent unencrypted: use an address with https://",
                );
            } else if environment.is_production() && !url.is_loopback() {
                reader.warn(
                    &key("url"),
                    "so events are sent unencrypted: use https://, unless the network between the two \
                     machines is yours alone",
                );
            }
        }
        let endpoint = Endpoint {
            name,
            url,
            secrets: secrets?,
            events: events.into_iter().collect(),
            reveal_mobile,
            allow_private,
            timeout,
            concurrency,
        };
        Some(Self { endpoint, sender: sender? })
    }
}

fn url(reader: &mut Reader, key: &str, allow_private: bool) -> Option<EndpointUrl> {
    let text = reader.url(key, "", mask);
    if text.is_empty() {
        reader.fault(format!("{key} must be set to the address that events are posted to"));
        return None;
    }
    match EndpointUrl::parse(&text, allow_private) {
        Ok(url) => Some(url),
        Err(fault) => {
            reader.fault_in(
                key,
                format!(
                    "but {fault}; for a receiver inside your network set allow_private = true for the \
                     endpoint"
                ),
            );
            None
        }
    }
}

/// Shows the origin only, because path and query may hold a secret of the receiver.
fn mask(url: &str) -> String {
    if url.is_empty() {
        return String::new();
    }
    match EndpointUrl::parse(url, true) {
        Ok(url) => format!("{}/***", url.origin()),
        Err(_) => "***".to_owned(),
    }
}

fn secrets(reader: &mut Reader, key: &str) -> Option<Vec<WebhookSecret>> {
    const HOW: &str = "make one with: passport webhook secret";
    let texts = reader.secret_list(key);
    if texts.is_empty() {
        reader.fault(format!("{key} must be set; {HOW}"));
        return None;
    }
    if texts.len() > MOST_SECRETS {
        reader.fault(format!(
            "{key} has {} secrets, but must have one, or two during a rotation: the new one and the old \
             one",
            texts.len()
        ));
        return None;
    }
    let secrets: Result<_, _> = texts.iter().map(|text| WebhookSecret::parse(text)).collect();
    secrets.map_err(|error| reader.fault(format!("{key} is {error}; {HOW}"))).ok()
}

fn events(reader: &mut Reader, key: &str) -> Vec<EventType> {
    let names: Vec<_> = EventType::ALL.iter().map(|it| it.as_str()).collect();
    let allowed = format!("a list of {}", names.join(", "));
    let events = reader.list(key, &names.join(","), &allowed, EventType::from_name);
    if events.is_empty() {
        reader.fault(format!(
            "{key} is empty, so the endpoint would get nothing: it must be {allowed}"
        ));
    }
    events
}

fn sender(reader: &mut Reader, key: &str) -> Option<Sender> {
    let Some(path) = reader.optional(key) else { return Sender::new(None).ok() };
    let pem = fs::read_to_string(&path)
        .map_err(|error| reader.fault_in(key, format!("which cannot be read: {error}")))
        .ok()?;
    let sender = Sender::new(Some(&pem));
    sender.map_err(|error| reader.fault_in(key, format!("which is {error}"))).ok()
}
