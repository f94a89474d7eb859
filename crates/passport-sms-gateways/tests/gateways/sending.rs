use std::sync::Arc;

use passport_sms_client::{Class, ContentKind, Gap, Intent, MessageKind, Notice, Outcome, Resend};

use crate::every_gateway;
use crate::support::double::{Double, Fault};
use crate::support::message;
use crate::support::protocol::Protocol;

every_gateway! {
    a_message_is_accepted
    a_second_attempt_keeps_the_promise
    a_refusal_is_reported_without_number_and_code
    many_at_once_are_one_each
    an_uncovered_message_is_not_sent
}

async fn a_message_is_accepted(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[]).await;
    let outcome = double.gateway().send(&message()).await;
    let Outcome::Accepted { provider_id, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(provider_id.as_deref(), Some("id-of-the-double"));
    assert_eq!(double.messages(), 1);
}

/// A gateway that promises a safe second attempt is checked by the double, which sees one message.
/// Without the promise it really sends two.
async fn a_second_attempt_keeps_the_promise(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[Fault::CloseRead]).await;
    let (gateway, message) = (double.gateway(), message());
    assert!(matches!(gateway.send(&message).await, Outcome::Unknown(_)));
    assert!(gateway.send(&message).await.is_sent());
    let messages = match gateway.capabilities().resend {
        Resend::Idempotent(_) => 1,
        Resend::Risky => 2,
    };
    assert_eq!((double.messages(), double.requests()), (messages, 2));
}

async fn a_refusal_is_reported_without_number_and_code(protocol: Arc<dyn Protocol>) {
    let refusal = Fault::Refuse(protocol.refusal().leak());
    let double = Double::start(protocol, &[refusal]).await;
    let message = message();
    let outcome = double.gateway().send(&message).await;
    let Outcome::Rejected(rejection) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(rejection.class, Class::BadRecipient | Class::BadRequest), "{rejection:?}");
    assert!(!rejection.code.is_empty());
    let Intent::Code { code, .. } = &message.intent else { panic!("it is a code") };
    for secret in ["13800138000", code.expose()] {
        assert!(!rejection.text.contains(secret), "{rejection:?}");
    }
    assert_eq!(double.messages(), 0);
}

async fn many_at_once_are_one_each(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[]).await;
    let gateway = Arc::new(double.gateway());
    let sends: Vec<_> = (0..8)
        .map(|_| {
            let gateway = gateway.clone();
            tokio::spawn(async move { gateway.send(&message()).await })
        })
        .collect();
    for send in sends {
        assert!(send.await.unwrap().is_sent());
    }
    assert_eq!((double.messages(), double.requests()), (8, 8));
}

async fn an_uncovered_message_is_not_sent(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[]).await;
    let gateway = double.gateway();
    let mut message = message();
    assert_eq!(gateway.covers(&MessageKind::by(&message)), Ok(()));
    message.intent = Intent::Notice(Notice::PasswordChanged);
    let covered = gateway.covers(&MessageKind::by(&message));
    if gateway.capabilities().content == ContentKind::FreeText {
        assert_eq!(covered, Ok(()));
        return;
    }
    assert_eq!(covered, Err(Gap::Template));
    let outcome = gateway.send(&message).await;
    assert!(matches!(outcome, Outcome::Rejected(_)), "{outcome:?}");
    assert_eq!(double.connections(), 0);
}
