use std::sync::Arc;

use passport_sms_client::{Cause, Clock, Outcome, Route, Router, RouterPolicy, SmsClient};
use passport_sms_gateways::Twilio;
use passport_sms_gateways::twilio::{Credentials, Sender, Settings};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::every_gateway;
use crate::support::double::Double;
use crate::support::identity::Identity;
use crate::support::protocol::Protocol;
use crate::support::{NOW, message, protocols, site};

every_gateway! {
    a_self_signed_certificate_is_refused
    a_certificate_for_another_host_is_refused
    a_foreign_authority_is_refused
    an_expired_certificate_is_refused
    without_the_extra_root_a_good_certificate_is_refused
}

async fn is_refused(double: &Double, gateway: Box<dyn SmsClient>) {
    let outcome = gateway.send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::Untrusted(_))), "{outcome:?}");
    assert_eq!(double.requests(), 0);
}

async fn identity_is_refused(identity: Identity, protocol: Arc<dyn Protocol>) {
    let double = Double::start_as(identity, protocol, &[]).await;
    is_refused(&double, double.gateway()).await;
}

async fn a_self_signed_certificate_is_refused(protocol: Arc<dyn Protocol>) {
    identity_is_refused(Identity::SelfSigned, protocol).await;
}

async fn a_certificate_for_another_host_is_refused(protocol: Arc<dyn Protocol>) {
    identity_is_refused(Identity::WrongHost, protocol).await;
}

async fn a_foreign_authority_is_refused(protocol: Arc<dyn Protocol>) {
    identity_is_refused(Identity::ForeignCa, protocol).await;
}

async fn an_expired_certificate_is_refused(protocol: Arc<dyn Protocol>) {
    identity_is_refused(Identity::Expired, protocol).await;
}

async fn without_the_extra_root_a_good_certificate_is_refused(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol.clone(), &[]).await;
    let mut place = double.place();
    place.https.extra_root_ca = None;
    is_refused(&double, protocol.gateway(place)).await;
}

/// The time limits of a message leave room for several attempts.
#[tokio::test]
async fn s10_a_message_meets_an_invalid_certificate_once() {
    for identity in [Identity::Expired, Identity::WrongHost, Identity::ForeignCa] {
        let double = Double::start_as(identity, Arc::new(protocols::twilio::Twilio), &[]).await;
        let place = double.place();
        let credentials = Credentials::AuthToken("token".into());
        let sender = Sender::From("+15005550006".to_owned());
        let mut settings = Settings::new("AC01", credentials, sender);
        (settings.endpoint, settings.https) = (place.endpoint, place.https);
        let gateway = Twilio::open(settings, &site()).unwrap();
        let only = vec![Route::new("only", Arc::new(gateway))];
        let clock = Clock::new(|| NOW);
        let rng = StdRng::seed_from_u64(1);
        let router = Router::new(only, RouterPolicy::default(), clock, rng).unwrap();
        let report = router.route(&message()).await;
        assert!(
            matches!(report.outcome, Outcome::NotSent(Cause::Untrusted(_))),
            "{identity:?}: {report:?}"
        );
        assert_eq!((double.connections(), report.visits.len()), (1, 1), "{identity:?}");
    }
}
