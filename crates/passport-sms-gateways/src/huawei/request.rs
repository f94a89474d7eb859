use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use passport_sms_client::{Message, Template};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use time::OffsetDateTime;

use crate::huawei::Huawei;
use crate::kit::digest::sha256_hex;
use crate::kit::encoding;
use crate::kit::transport::{Request, secret};
use crate::kit::utc;

impl Huawei {
    /// The request of a message at `now`. Its body and its `X-WSSE` are secrets.
    pub(super) fn request(
        &self,
        message: &Message,
        template: &Template,
        now: OffsetDateTime,
        nonce: &str,
    ) -> Result<Request, hyper::http::Error> {
        let created = utc::timestamp(now);
        let digest = password_digest(nonce, &created, self.settings.app_secret.expose_secret());
        let wsse = format!(
            r#"UsernameToken Username="{}",PasswordDigest="{digest}",Nonce="{nonce}",Created="{created}""#,
            self.settings.app_key
        );
        hyper::Request::post("/sms/batchSendSms/v1")
            .header(AUTHORIZATION, r#"WSSE realm="SDP",profile="UsernameToken",type="Appkey""#)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-wsse", secret(&wsse)?)
            .body(Full::from(self.form(message, template)))
    }

    fn form(&self, message: &Message, template: &Template) -> String {
        let values = json!(template.values(&message.intent)).to_string();
        let callback = self.status_callback.as_ref().map(SecretString::expose_secret);
        let pairs = [
            Some(("from", self.settings.channel.as_str())),
            Some(("to", message.to.as_str())),
            Some(("templateId", template.id.as_str())),
            Some(("templateParas", values.as_str())),
            self.settings.sign_name.as_deref().map(|name| ("signature", name)),
            callback.map(|url| ("statusCallback", url)),
        ];
        encoding::form(pairs.into_iter().flatten())
    }
}

/// The provider encodes the hexadecimal digits, not the digest, in base64.
fn password_digest(nonce: &str, created: &str, app_secret: &str) -> String {
    BASE64_STANDARD.encode(sha256_hex(format!("{nonce}{created}{app_secret}")))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use passport_sms_client::{Parameter, Templates};
    use time::macros::datetime;

    use super::*;
    use crate::fixtures::{message, site};
    use crate::huawei::Settings;

    const NONCE: &str = "66C92B11FF8A425FB8D4CCFE0ED9ED1F";
    const DIGEST: &str =
        "YmNiMGMwODhhNjU4ODk0YmM3MGViMjU2YTIyYmFlZmIwY2E1ZGIxNjhlNmRhZTAxN2JkYjEyMGM0ZjU5ZWFlNw==";

    #[tokio::test]
    async fn vector_basic() {
        let template = Template::new("8ff55eac", [Parameter::Code, Parameter::Minutes]);
        let templates = Templates::new(template.clone());
        let mut settings =
            Settings::new("testAppKeyHuawei", "testAppSecretHuawei", "1069031221", templates);
        settings.sign_name = Some("华为云".to_owned());
        let site = site().with_receipts_url("https://id.example.com/r").unwrap();
        let gateway = Huawei::open(settings, &site).unwrap();
        let now = datetime!(2026-01-02 11:04:05 +8);
        let message = message("+8613800138000", "004217");
        let request = gateway.request(&message, &template, now, NONCE).unwrap();
        assert!(request.headers()["x-wsse"].is_sensitive());
        assert_eq!(
            request.headers()["x-wsse"].to_str().unwrap(),
            format!(
                r#"UsernameToken Username="testAppKeyHuawei",PasswordDigest="{DIGEST}",Nonce="{NONCE}",Created="2026-01-02T03:04:05Z""#
            )
        );
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            "from=1069031221&to=%2B8613800138000&templateId=8ff55eac&templateParas=%5B%22004217%22%2C%225%22%5D&signature=%E5%8D%8E%E4%B8%BA%E4%BA%91&statusCallback=https%3A%2F%2Fid.example.com%2Fr"
        );
    }
}
