use passport_sms_client::{Parameter, Templates};
use time::macros::datetime;

use super::*;
use crate::Site;
use crate::fixtures::{clock, message};

fn gateway(template: Template) -> Aliyun {
    let settings = Settings::new("id", "key", "Passport", Templates::new(template));
    Aliyun::open(settings, &Site::new(clock())).unwrap()
}

#[test]
fn a_message_fills_its_template() {
    let template = Template::new("SMS_2", [Parameter::Code, Parameter::Minutes])
        .naming(Parameter::Minutes, "time");
    let gateway = gateway(template.clone());
    let message = message("+8613800138000", "004217");
    let now = datetime!(2026-11-22 09:43:30 UTC);
    let request = gateway.send_sms(&message, &template, now, Uuid::nil()).unwrap();
    assert_eq!(
        request.uri().query().unwrap(),
        "OutId=0123456789ab4def8123456789abcdef&PhoneNumbers=13800138000&SignName=Passport&TemplateCode=SMS_2&TemplateParam=%7B%22code%22%3A%22004217%22%2C%22time%22%3A%225%22%7D"
    );
}

#[test]
fn a_question_is_about_the_day_in_china() {
    let gateway = gateway(Template::new("SMS_2", []));
    let message = message("+8613800138000", "004217");
    let sent_at = datetime!(2026-11-22 16:00:00 UTC);
    let request = gateway.query_send_details(&message, sent_at, sent_at, Uuid::nil()).unwrap();
    assert_eq!(request.headers()["x-acs-action"], "QuerySendDetails");
    assert_eq!(
        request.uri().query().unwrap(),
        "CurrentPage=1&PageSize=50&PhoneNumber=13800138000&SendDate=20261123"
    );
}

#[test]
fn numbers_have_the_form_of_the_gateway() {
    for (e164, written) in [("+8613800138000", "13800138000"), ("+447700900123", "447700900123")] {
        assert_eq!(number(&e164.parse().unwrap()), written);
    }
}
