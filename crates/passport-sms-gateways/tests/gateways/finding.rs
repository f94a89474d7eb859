use std::sync::Arc;

use passport_sms_client::{Finding, Outcome};
use time::Duration;

use crate::every_gateway;
use crate::support::double::{Double, Fault};
use crate::support::protocol::Protocol;
use crate::support::protocols::{aliyun::Aliyun, twilio::Twilio};
use crate::support::{NOW, message};

every_gateway! {
    a_question_settles_what_the_gateway_promises
    a_question_that_fails_settles_nothing
}

async fn a_question_settles_what_the_gateway_promises(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[Fault::CloseRead]).await;
    let (gateway, message) = (double.gateway(), message());
    assert!(matches!(gateway.send(&message).await, Outcome::Unknown(_)));
    let finding = gateway.find(&message, NOW).await;
    if gateway.capabilities().status_query {
        assert!(matches!(finding, Finding::Has { .. }), "{finding:?}");
        assert_eq!(double.requests(), 2);
    } else {
        assert_eq!(finding, Finding::Unsupported);
        assert_eq!(double.requests(), 1);
    }
    assert_eq!(double.messages(), 1, "a question sends nothing");
}

async fn a_question_that_fails_settles_nothing(protocol: Arc<dyn Protocol>) {
    let faults = [
        Fault::CloseUnread,
        Fault::CloseRead,
        Fault::Say("HTTP/1.1 500 Oh dear\r\nContent-Length: 0\r\n\r\n"),
        Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        Fault::Say("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
    ];
    let double = Double::start(protocol, &faults).await;
    let gateway = double.gateway();
    if !gateway.capabilities().status_query {
        return;
    }
    for _ in faults {
        let finding = gateway.find(&message(), NOW - Duration::HOUR).await;
        assert_eq!(finding, Finding::Unsure);
    }
}

/// The lag of Aliyun's list is not documented; Twilio's list is complete after some seconds.
#[tokio::test]
async fn absence_is_reported_only_with_certainty() {
    let message = message();
    let double = Double::start(Arc::new(Aliyun { in_form: false }), &[]).await;
    assert_eq!(double.gateway().find(&message, NOW - Duration::HOUR).await, Finding::Unsure);
    let double = Double::start(Arc::new(Twilio), &[]).await;
    let settled = NOW - Duration::seconds(10);
    assert_eq!(double.gateway().find(&message, settled).await, Finding::HasNot);
    assert_eq!(
        double.gateway().find(&message, settled + Duration::MILLISECOND).await,
        Finding::Unsure
    );
}
