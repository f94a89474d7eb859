use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use passport_sms_client::Message;
use secrecy::{ExposeSecret, SecretString};

use crate::kit::encoding;
use crate::kit::transport::{Request, secret};
use crate::vonage::Vonage;
use crate::vonage::alphabet::is_gsm;

impl Vonage {
    /// The request of a message. Its body is a secret.
    pub(super) fn request(&self, message: &Message) -> Result<Request, hyper::http::Error> {
        let text = message.text(self.origin.as_ref());
        let reference = message.id.simple().to_string();
        // The number without its plus.
        let form = self.form(&message.to.as_str()[1..], &text, Some(&reference));
        hyper::Request::post("/sms/json")
            .header(AUTHORIZATION, self.authorization()?)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))
    }

    fn form(&self, to: &str, text: &str, reference: Option<&str>) -> String {
        let callback = self.callback.as_ref().map(SecretString::expose_secret);
        let pairs = [
            Some(("to", to)),
            // The provider wants numbers without a plus.
            Some(("from", self.settings.from.trim_start_matches('+'))),
            Some(("text", text)),
            reference.map(|reference| ("client-ref", reference)),
            callback.map(|url| ("callback", url)),
            (!is_gsm(text)).then_some(("type", "unicode")),
        ];
        encoding::form(pairs.into_iter().flatten())
    }

    fn authorization(&self) -> Result<HeaderValue, hyper::http::Error> {
        let pair =
            format!("{}:{}", self.settings.api_key, self.settings.api_secret.expose_secret());
        secret(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }
}

/// Vectors of the provider's own client.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{message, site};
    use crate::vonage::Settings;

    const BASIC: &str = "Basic dGVzdGtleTE6dGVzdFZvbmFnZVNlY3JldA==";

    fn gateway(callback: Option<&str>) -> Vonage {
        let settings = Settings::new("testkey1", "testVonageSecret", "Passport");
        let site = match callback {
            Some(url) => site().with_receipts_url(url).unwrap(),
            None => site(),
        };
        Vonage::open(settings, &site).unwrap()
    }

    #[test]
    fn vector_basic() {
        let gateway = gateway(None);
        assert_eq!(gateway.authorization().unwrap(), BASIC);
        assert!(gateway.authorization().unwrap().is_sensitive());
        assert_eq!(
            gateway.form("15551234567", "Your code is 123456", None),
            "to=15551234567&from=Passport&text=Your+code+is+123456"
        );
    }

    #[test]
    fn vector_unicode() {
        assert_eq!(
            gateway(None).form("8613800138000", "验证码 004217 & = +", Some("01JD9Z6V3Q7W0")),
            "to=8613800138000&from=Passport&text=%E9%AA%8C%E8%AF%81%E7%A0%81+004217+%26+%3D+%2B&client-ref=01JD9Z6V3Q7W0&type=unicode"
        );
    }

    #[test]
    fn a_message_carries_its_id_and_the_callback() {
        let gateway = gateway(Some("https://id.example.com/r/s3cret"));
        let request = gateway.request(&message("+447700900123", "004217")).unwrap();
        assert_eq!(request.uri(), "/sms/json");
        let body = format!("{:?}", request.body());
        for part in [
            "to=447700900123&",
            "&client-ref=0123456789ab4def8123456789abcdef&",
            "&callback=https%3A%2F%2Fid.example.com%2Fr%2Fs3cret&",
        ] {
            assert!(body.contains(part), "{body}");
        }
    }
}
