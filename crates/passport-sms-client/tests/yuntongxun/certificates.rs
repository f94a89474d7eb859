use passport_sms_client::{Cause, Outcome, SmsClient};

use crate::double::Double;
use crate::identity::Identity;
use crate::{gateway, gateway_of, message, settings};

async fn is_refused(identity: Identity) {
    let double = Double::start_as(identity, &[]).await;
    let outcome = gateway(&double).send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::Untrusted(_))), "{outcome:?}");
    assert_eq!(double.requests(), 0);
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused() {
    is_refused(Identity::SelfSigned).await;
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    is_refused(Identity::WrongHost).await;
}

#[tokio::test]
async fn a_foreign_authority_is_refused() {
    is_refused(Identity::ForeignCa).await;
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    is_refused(Identity::Expired).await;
}

#[tokio::test]
async fn without_the_extra_root_a_good_certificate_is_refused() {
    let double = Double::start(&[]).await;
    let mut settings = settings(&double);
    settings.https.extra_root_ca = None;
    let outcome = gateway_of(settings).send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::Untrusted(_))), "{outcome:?}");
    assert_eq!(double.requests(), 0);
}
