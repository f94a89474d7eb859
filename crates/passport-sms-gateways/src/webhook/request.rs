use std::collections::BTreeMap;

use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use passport_sms_client::Message;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::kit::transport::{Request, secret};
use crate::kit::utc;
use crate::webhook::Webhook;

impl Webhook {
    /// The event of a message at `now`. Its URI and its body are secrets.
    pub(super) fn request(
        &self,
        message: &Message,
        now: OffsetDateTime,
    ) -> Result<Request, hyper::http::Error> {
        let id = id(message);
        let body = self.event(message, now).to_string();
        let timestamp = now.unix_timestamp();
        let entries: Vec<_> =
            self.keys.iter().map(|key| key.entry(&id, timestamp, body.as_bytes())).collect();
        hyper::Request::post(&self.path)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", secret(&entries.join(" "))?)
            .body(Full::from(body))
    }

    fn event(&self, message: &Message, now: OffsetDateTime) -> Value {
        let mut data = json!({ "to": message.to.as_str(), "locale": message.locale.as_str() });
        let templates = self.settings.templates.as_ref();
        let template = templates.and_then(|all| all.find_for(message).ok());
        match template {
            Some(template) => {
                let parameters: BTreeMap<_, _> = template
                    .parameters
                    .iter()
                    .map(|gap| (template.name_of(*gap), gap.value(&message.intent)))
                    .collect();
                data["template"] = template.id.as_str().into();
                data["params"] = json!(parameters);
            }
            None => data["text"] = message.text(self.origin.as_ref()).into(),
        }
        json!({ "type": "sms.send", "timestamp": utc::timestamp(now), "data": data })
    }
}

/// The `webhook-id` of a message. It has no full stop, which separates the signed parts.
pub(super) fn id(message: &Message) -> String {
    format!("msg_{}", message.id.simple())
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use passport_sms_client::{Locale, Parameter, Template, Templates};

    use super::*;
    use crate::fixtures::{NOW, message, site};
    use crate::webhook::Settings;

    fn settings() -> Settings {
        Settings::new(
            "https://relay.example.com/sms?key=1",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        )
    }

    async fn wire(settings: Settings) -> (hyper::http::request::Parts, Value) {
        let mut message = message("+8613800138000", "004217");
        message.locale = Locale::En;
        let site = site().with_origin("id.example.com".parse().unwrap());
        let gateway = Webhook::open(settings, &site).unwrap();
        let (head, body) = gateway.request(&message, NOW).unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let entries: Vec<_> = gateway
            .keys
            .iter()
            .map(|key| key.entry(&id(&message), NOW.unix_timestamp(), &body))
            .collect();
        assert_eq!(head.headers["webhook-signature"], entries.join(" "));
        assert!(head.headers["webhook-signature"].is_sensitive());
        (head, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn without_templates_the_text_is_complete() {
        let (head, body) = wire(settings()).await;
        assert_eq!(head.uri, "/sms?key=1");
        assert_eq!(head.headers["webhook-id"], "msg_0123456789ab4def8123456789abcdef");
        assert_eq!(head.headers["webhook-timestamp"], "1795340610");
        assert_eq!(
            body,
            json!({"type": "sms.send", "timestamp": "2026-11-22T09:43:30Z", "data": {
                "to": "+8613800138000",
                "locale": "en",
                "text": "004217 is your code to sign in. It is valid for 5 minutes. Do not share it with anyone.\n\n@id.example.com #004217",
            }})
        );
    }

    #[tokio::test]
    async fn with_templates_it_is_named_and_filled() {
        let mut settings = settings();
        let template = Template::new("signin_code", [Parameter::Code, Parameter::Minutes]);
        settings.templates = Some(Templates::new(template));
        settings.secrets.push("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into());
        let (head, body) = wire(settings).await;
        assert_eq!(head.headers["webhook-signature"].to_str().unwrap().split(' ').count(), 2);
        assert_eq!(
            body["data"],
            json!({"to": "+8613800138000", "locale": "en", "template": "signin_code",
                "params": {"code": "004217", "minutes": "5"}})
        );
    }
}
