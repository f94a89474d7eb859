use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use passport_sms_client::Message;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use crate::kit::encoding;
use crate::kit::transport::{Request, secret};
use crate::sns::Sns;
use crate::sns::signature::{self, Content};

impl Sns {
    /// `Publish` of a message at `now`. Its body is a secret.
    pub(super) fn publish(
        &self,
        message: &Message,
        now: OffsetDateTime,
    ) -> Result<Request, hyper::http::Error> {
        let body = self.form(message.to.as_str(), &message.text(self.origin.as_ref()));
        let date = signature::date(now);
        let session_token = self.settings.session_token.as_ref().map(SecretString::expose_secret);
        let content = Content {
            host: self.transport.host(),
            date: &date,
            session_token,
            region: &self.settings.region,
            body: &body,
        };
        let authorization = content.authorization(
            &self.settings.access_key_id,
            self.settings.secret_access_key.expose_secret(),
        );
        let mut request = hyper::Request::post("/")
            .header(CONTENT_TYPE, signature::CONTENT_TYPE)
            .header("x-amz-date", &date)
            .header(AUTHORIZATION, secret(&authorization)?);
        if let Some(token) = session_token {
            request = request.header("x-amz-security-token", secret(token)?);
        }
        request.body(Full::from(body))
    }

    fn form(&self, to: &str, text: &str) -> String {
        const ATTRIBUTE: &str = "MessageAttributes.entry";
        let attributes = [
            Some(("AWS.SNS.SMS.SMSType", "Transactional")),
            self.settings.sender_id.as_deref().map(|name| ("AWS.SNS.SMS.SenderID", name)),
        ];
        let attributes: Vec<_> = (1..)
            .zip(attributes.into_iter().flatten())
            .flat_map(|(number, (name, value))| {
                [
                    (format!("{ATTRIBUTE}.{number}.Name"), name),
                    (format!("{ATTRIBUTE}.{number}.Value.DataType"), "String"),
                    (format!("{ATTRIBUTE}.{number}.Value.StringValue"), value),
                ]
            })
            .collect();
        let fixed = [
            ("Action", "Publish"),
            ("Version", "2010-03-31"),
            ("PhoneNumber", to),
            ("Message", text),
        ];
        let attributes = attributes.iter().map(|(name, value)| (name.as_str(), *value));
        encoding::form(fixed.into_iter().chain(attributes))
    }
}

/// The provider's own client made the vectors.
#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::fixtures::{message, site};
    use crate::sns::Settings;

    fn gateway(sender_id: Option<&str>) -> Sns {
        let mut settings =
            Settings::new("testAwsAccessKeyId", "testAwsSecretAccessKey", "us-east-1");
        settings.sender_id = sender_id.map(str::to_owned);
        Sns::open(settings, &site()).unwrap()
    }

    fn assert_signed(now: OffsetDateTime, body: &str, body_digest: &str, signature: &str) {
        let date = signature::date(now);
        let content = Content {
            host: "sns.us-east-1.amazonaws.com",
            date: &date,
            session_token: None,
            region: "us-east-1",
            body,
        };
        assert_eq!(
            content.canonical(),
            format!(
                "POST\n/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\nhost:sns.us-east-1.amazonaws.com\nx-amz-date:{date}\n\ncontent-type;host;x-amz-date\n{body_digest}"
            )
        );
        assert_eq!(content.signature("testAwsSecretAccessKey"), signature);
    }

    #[test]
    fn vector_basic() {
        let body = gateway(None).form("+15551234567", "Your code is 123456");
        assert_eq!(
            body,
            "Action=Publish&Version=2010-03-31&PhoneNumber=%2B15551234567&Message=Your+code+is+123456&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SMSType&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=Transactional"
        );
        let body_digest = "373354a41b6f543b833a93e90a921a4d1ff9a52fd572d9bafe8d2da31057b086";
        let signature = "9373c88e35065649bb46d8ff3e55b47e1c2ee5ad007ea5cc36fad5657d0810a1";
        assert_signed(datetime!(2026-01-02 11:04:05 +8), &body, body_digest, signature);
    }

    #[test]
    fn vector_unicode_and_sender_id() {
        let body = gateway(Some("Passport")).form("+8613800138000", "验证码 004217 & ~*'");
        assert_eq!(
            body,
            "Action=Publish&Version=2010-03-31&PhoneNumber=%2B8613800138000&Message=%E9%AA%8C%E8%AF%81%E7%A0%81+004217+%26+~%2A%27&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SMSType&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=Transactional&MessageAttributes.entry.2.Name=AWS.SNS.SMS.SenderID&MessageAttributes.entry.2.Value.DataType=String&MessageAttributes.entry.2.Value.StringValue=Passport"
        );
        let body_digest = "370d1b1c51c6c5e75501f633d9d7cc2e9bf0862bda923e7327c884c1a5ed33c6";
        let signature = "c1f2650035be9868566cea93f55a7bed0fa8582689b265c761386c76efa6ced7";
        assert_signed(datetime!(2026-12-31 23:59:59 UTC), &body, body_digest, signature);
    }

    #[test]
    fn a_temporary_key_is_signed_with_its_token() {
        let mut settings = Settings::new("ASIA1", "secret", "us-east-1");
        settings.session_token = Some("tok/en=".into());
        let gateway = Sns::open(settings, &site()).unwrap();
        let message = message("+15551234567", "004217");
        let request = gateway.publish(&message, datetime!(2026-01-02 03:04:05 UTC)).unwrap();
        assert_eq!(request.headers()["x-amz-security-token"], "tok/en=");
        assert_eq!(request.headers()["x-amz-date"], "20260102T030405Z");
        let authorization = &request.headers()["authorization"];
        assert!(authorization.is_sensitive());
        let authorization = authorization.to_str().unwrap();
        assert!(authorization.starts_with(
            "AWS4-HMAC-SHA256 Credential=ASIA1/20260102/us-east-1/sns/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="
        ));
    }
}
