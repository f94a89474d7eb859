use std::sync::Arc;

use passport_sms_client::{HttpsSettings, SmsClient};

use crate::runtime;
use crate::support::double::Double;
use crate::support::message;
use crate::support::protocol::{Place, Protocol};
use crate::support::protocols;

pub(crate) const GATEWAYS: [&str; 8] =
    ["aliyun", "huawei", "sns", "tencent", "twilio", "vonage", "webhook", "yuntongxun"];

/// How the gateway speaks.
pub(crate) fn protocol(name: &str) -> Arc<dyn Protocol> {
    match name {
        "aliyun" => Arc::new(protocols::Aliyun { in_form: false }),
        "huawei" => Arc::new(protocols::Huawei),
        "sns" => Arc::new(protocols::Sns),
        "tencent" => Arc::new(protocols::Tencent),
        "twilio" => Arc::new(protocols::Twilio),
        "vonage" => Arc::new(protocols::Vonage),
        "webhook" => Arc::new(protocols::Webhook),
        "yuntongxun" => Arc::new(protocols::Yuntongxun),
        _ => panic!("{name} is no gateway"),
    }
}

/// The gateway at a host that no certificate can name, so that a message to it is made and signed,
/// and then refused by TLS without a system call.
pub(crate) fn nowhere(name: &str) -> Box<dyn SmsClient> {
    let endpoint = "https://no..host".to_owned();
    protocol(name).gateway(Place { endpoint, https: HttpsSettings::default() })
}

/// Sends a message of each to the double that checks every request to the letter.
pub(crate) fn verify() {
    for name in GATEWAYS {
        runtime().block_on(async {
            let double = Double::start(protocol(name), &[]).await;
            assert!(double.gateway().send(&message()).await.is_sent());
            assert_eq!(double.messages(), 1);
        });
    }
}
