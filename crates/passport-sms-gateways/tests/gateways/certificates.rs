use std::sync::Arc;

use passport_sms_client::{Cause, Outcome, SmsClient};

use crate::every_gateway;
use crate::support::double::Double;
use crate::support::identity::Identity;
use crate::support::message;
use crate::support::protocol::Protocol;

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
