use passport_sms_client::SmsClient;
use passport_sms_gateways::sns;

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::signing::{hmac, sha256};
use crate::support::wire::{Request, answer, expect, ok};
use crate::support::{NUMBER, TEXT, site};

const ID: &str = "testAwsAccessKeyId";
const SECRET: &str = "testAwsSecretAccessKey";
const DATE: &str = "20261122T094330Z";
const SCOPE: &str = "20261122/us-east-1/sns/aws4_request";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

pub(crate) struct Sns;

fn authorization(request: &Request, host: &str) -> String {
    let canonical = format!(
        "POST\n/\n\ncontent-type:{FORM}\nhost:{host}\nx-amz-date:{DATE}\n\ncontent-type;host;x-amz-date\n{}",
        sha256(&request.body)
    );
    let text = format!("AWS4-HMAC-SHA256\n{DATE}\n{SCOPE}\n{}", sha256(canonical));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in SCOPE.split('/') {
        key = hmac(key, part);
    }
    let signature = hex::encode(hmac(key, text));
    format!(
        "AWS4-HMAC-SHA256 Credential={ID}/{SCOPE}, SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
    )
}

impl Protocol for Sns {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let mut settings = sns::Settings::new(ID, SECRET, "us-east-1");
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(sns::Sns::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", "/", ""))?;
        let authorization = authorization(request, host);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", FORM),
            ("x-amz-date", DATE),
        ];
        request.expect_headers(host, &headers, &[])?;
        let wanted = [
            ("Action", "Publish"),
            ("Version", "2010-03-31"),
            ("PhoneNumber", NUMBER),
            ("Message", TEXT),
            ("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.SMSType"),
            ("MessageAttributes.entry.1.Value.DataType", "String"),
            ("MessageAttributes.entry.1.Value.StringValue", "Transactional"),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        expect("form", &Request::pairs(request.text()), &wanted)?;
        Ok(Call::Send { key: None, label: TEXT.to_owned(), nonce: None })
    }

    fn accepted(&self) -> String {
        ok(
            r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>id-of-the-double</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"#,
        )
    }

    fn refusal(&self) -> String {
        answer(
            "400 Bad Request",
            r#"<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber Reason: +8613800138000: 004217</Message></Error><RequestId>r</RequestId></ErrorResponse>"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned()]
    }
}
