//! Limits, and gateways that do not send.

use super::{service, wrong_code};
use crate::support::{Account, Api, GatewayDouble, Plain, Service, TEST_ANSWER, phone};

#[tokio::test]
async fn p16_a_wait_after_wrong_passwords_is_told_with_its_time() {
    let service = service(&[("limits.failures_free", "2")]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let mut page = person.open("/sign-in/password").await;
    for n in 0..9 {
        let password = format!("wrong password {n}");
        let typed = [("mobile", &*account.phone), ("password", &*password)];
        page = person.send(&page, &typed).await;
        if page.status != 401 {
            break;
        }
    }
    let page = page.is("sign-in-password", 429);
    let (place, said) = page.errors().remove(0);
    assert!(said.starts_with("Too many wrong tries in a row. Try again in "), "{said}");
    assert_eq!(place, "");
    assert!(!page.header("retry-after").is_empty());
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
}

#[tokio::test]
async fn p16_the_limit_of_a_number_is_told_at_the_number_and_that_of_the_network_above_the_button()
{
    let settings = [("sms_code.resend_after", "1s"), ("limits.sms_per_phone_hour", "1")];
    let service = Service::start(&settings).await;
    let (person, number) = (Plain::new(&service), phone());
    super::code_page(&person, "/sign-in", &number).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let page = person.open("/sign-up").await;
    let page = person.send(&page, &[("mobile", &number), ("picture", TEST_ANSWER)]).await;
    let page = page.is("sign-up", 429);
    let (place, said) = page.errors().remove(0);
    assert!(said.starts_with("This number was sent too many codes. Try again in "), "{said}");
    assert_eq!(place, "mobile-error");
    assert_eq!(page.value("picture").as_deref(), Some(TEST_ANSWER), "the picture is not spent");

    let settings = [("sms_code.resend_after", "1s"), ("limits.sms_per_ip_hour", "1")];
    let service = Service::start(&settings).await;
    let person = Plain::new(&service);
    super::code_page(&person, "/sign-in", &number).await;
    let page = person.open("/sign-in").await;
    let page = person.send(&page, &[("mobile", &phone()), ("picture", TEST_ANSWER)]).await;
    let (place, said) = page.is("sign-in", 429).errors().remove(0);
    assert!(said.starts_with("Too many codes were asked for from your network."), "{said}");
    assert_eq!(place, "");
}

#[tokio::test]
async fn a_page_without_a_picture_says_why_and_offers_another() {
    let service = Service::start(&[("limits.challenges_per_ip_minute", "1")]).await;
    let person = Plain::new(&service);
    person.open("/sign-in").await.is("sign-in", 200);
    let page = person.open("/sign-in").await.is("sign-in", 429);
    assert!(page.errors()[0].1.starts_with("Too many requests. Try again in "));
    assert!(page.value("challenge").is_none());
    assert_eq!(page.field("act").unwrap().attribute("value"), Some("renew"));
}

#[tokio::test]
async fn p5_a_gateway_that_fails_is_told_in_the_words_of_the_page() {
    for (answer, status, place, english, chinese) in [
        (
            "410 gone",
            502,
            "",
            "The message could not be sent. Try again with the new picture.",
            "短信发送失败，请用新图片重试。",
        ),
        (
            "refuse",
            422,
            "mobile-error",
            "No message can reach this number. Check it, or use another.",
            "无法向此号码发送短信，请检查或更换号码。",
        ),
    ] {
        let kind = if answer == "refuse" { "vonage" } else { "webhook" };
        let double = GatewayDouble::start(kind);
        if answer == "refuse" {
            double.refuse();
        } else {
            double.say(answer);
        }
        let mut settings = double.settings("only");
        settings.push(("sms.gateways".to_owned(), "only".to_owned()));
        let settings: Vec<_> = settings.iter().map(|(key, value)| (&**key, &**value)).collect();
        let service = Service::start(&settings).await;
        for (languages, said) in [("en", english), ("zh-CN", chinese)] {
            let person = Plain::reading(&service, languages);
            let number = phone();
            let page = person.open("/sign-in").await;
            let first = page.value("challenge");
            let page = person.send(&page, &[("mobile", &number), ("picture", TEST_ANSWER)]).await;
            let page = page.is("sign-in", status).says(place, said);
            assert_ne!(page.value("challenge"), first, "the picture is spent");
            assert_eq!(page.value("mobile"), Some(number));
            assert!(!page.html.contains("云通讯"));
        }
    }
}

#[tokio::test]
async fn a_message_that_may_arrive_leads_to_the_code() {
    let double = GatewayDouble::start("webhook");
    double.withhold();
    let mut settings = double.settings("only");
    settings.push(("sms.gateways".to_owned(), "only".to_owned()));
    settings.push(("sms.deadline".to_owned(), "500ms".to_owned()));
    let settings: Vec<_> = settings.iter().map(|(key, value)| (&**key, &**value)).collect();
    let service = Service::start(&settings).await;
    let person = Plain::new(&service);
    let page = super::code_page(&person, "/sign-in", &phone()).await.is("sign-in-code", 200);
    let lead = page.text_of(|tag| tag.has_class("lead")).unwrap();
    assert!(lead.starts_with("It may be on its way to "), "{lead}");
}

#[tokio::test]
async fn a_number_that_has_used_up_its_wrong_codes_waits() {
    let service = service(&[("limits.wrong_codes_stop", "3"), ("limits.failures_free", "1")]).await;
    let (person, number) = (Plain::new(&service), phone());
    let page = super::code_page(&person, "/sign-in", &number).await;
    let mut page = page;
    for _ in 0..4 {
        let wrong = wrong_code(&person, &number).await;
        page = person.send(&page, &[("code", wrong)]).await;
    }
    assert_eq!(page.status, 429, "{:?}", page.errors());
    let said = &page.errors()[0];
    assert!(said.1.starts_with("Too many wrong tries"), "{said:?}");
}
