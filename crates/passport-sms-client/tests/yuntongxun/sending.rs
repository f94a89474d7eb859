use passport_sms_client::{Class, Outcome, SmsClient};
use time::macros::datetime;

use crate::double::{Double, Fault};
use crate::{gateway, message};

#[tokio::test]
async fn a_message_is_taken() {
    let double = Double::start(&[]).await;
    let outcome = gateway(&double).send(&message()).await;
    let Outcome::Accepted { provider_id } = outcome else { panic!("{outcome:?}") };
    assert_eq!(provider_id.as_deref(), Some("ff8080813c373cab"));
    assert_eq!(double.messages(), 1);
}

#[tokio::test]
async fn the_same_message_again_is_a_duplicate() {
    let double = Double::start(&[]).await;
    let (gateway, message) = (gateway(&double), message());
    assert!(matches!(gateway.send(&message).await, Outcome::Accepted { .. }));
    assert!(matches!(gateway.send(&message).await, Outcome::Duplicate));
    assert_eq!((double.messages(), double.requests()), (1, 2));
}

#[tokio::test]
async fn sending_again_settles_an_unknown_outcome() {
    let double = Double::start(&[Fault::CloseRead]).await;
    let (gateway, message) = (gateway(&double), message());
    assert!(matches!(gateway.send(&message).await, Outcome::Unknown(_)));
    assert!(matches!(gateway.send(&message).await, Outcome::Duplicate));
    assert_eq!(double.messages(), 1);
}

#[tokio::test]
async fn a_refusal_says_why_and_until_when() {
    let refusal =
        Fault::Refuse(r#"{"statusCode":"160040","statusMsg":"验证码超出同模板同号码天发送上限"}"#);
    let double = Double::start(&[refusal]).await;
    let outcome = gateway(&double).send(&message()).await;
    let Outcome::Rejected(rejection) = outcome else { panic!("{outcome:?}") };
    assert_eq!(rejection.class, Class::RecipientThrottled);
    assert_eq!(rejection.code, "160040");
    assert_eq!(rejection.text, "验证码超出同模板同号码天发送上限");
    assert_eq!(rejection.until, Some(datetime!(2026-11-23 00:00 +8)));
    assert_eq!(double.messages(), 0);
}

#[tokio::test]
async fn many_at_once_are_one_each() {
    let double = Double::start(&[]).await;
    let gateway = std::sync::Arc::new(gateway(&double));
    let sends: Vec<_> = (0..20)
        .map(|_| {
            let gateway = gateway.clone();
            tokio::spawn(async move { gateway.send(&message()).await })
        })
        .collect();
    for send in sends {
        assert!(send.await.unwrap().is_sent());
    }
    assert_eq!((double.messages(), double.requests()), (20, 20));
}
