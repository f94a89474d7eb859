use std::sync::Arc;

use passport_sms_client::SmsClient;
use passport_sms_gateways::{HttpsSettings, KINDS};

use crate::runtime;
use crate::support::double::Double;
use crate::support::message;
use crate::support::protocol::{Place, Protocol};
use crate::support::protocols;

/// The names of the gateways.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.name)
}

/// The protocol of the gateway.
pub(crate) fn protocol(name: &str) -> Arc<dyn Protocol> {
    let named = protocols::all().into_iter().find(|(it, _)| *it == name);
    named.map(|(_, protocol)| protocol).expect("there is such a gateway")
}

/// The gateway at a host that no certificate can name, so that a message to it is made and signed,
/// and then refused by TLS without a system call.
pub(crate) fn nowhere(name: &str) -> Box<dyn SmsClient> {
    let endpoint = "https://no..host".to_owned();
    protocol(name).gateway(Place { endpoint, https: HttpsSettings::default() })
}

/// Sends a message of each gateway to the double that checks every request to the letter.
pub(crate) fn verify() {
    for name in names() {
        runtime().block_on(async {
            let double = Double::start(protocol(name), &[]).await;
            assert!(double.gateway().send(&message()).await.is_sent());
            assert_eq!(double.messages(), 1);
        });
    }
}
