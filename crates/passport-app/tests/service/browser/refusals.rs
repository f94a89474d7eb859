//! What the pages say when the service says no, or nothing.

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    walk_at, webdriver,
    words::{CHINESE, ENGLISH},
};
use crate::{
    gateways::code_in,
    support::{GatewayDouble, PASSWORD, Person, Service, phone},
};

#[tokio::test]
async fn a_taken_number_leads_to_sign_in() {
    let Some(service) = service().await else { return };
    let (number, owner) = (phone(), Person::new(&service));
    owner.sign_up(&number, PASSWORD).await;
    let code = next_code(&owner, &number).await;
    walk_at(&service.url(), "taken", Look::PLAIN, async |page| {
        fill_sign_up(page, &number, &code).await;
        page.reads("#mobile-error", ENGLISH.taken).await;
        page.reads("#mobile-taken a", ENGLISH.taken_link).await;
        page.keep("number").await;
        page.press("#mobile-taken a").await;
        page.arrives_at("/sign-in").await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_is_said_beside_its_field() {
    let Some(service) = service().await else { return };
    let (number, person) = (phone(), Person::new(&service));
    let code = person.request_code(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    walk_at(&service.url(), "wrong-code", Look::PLAIN, async |page| {
        fill_sign_up(page, &number, wrong).await;
        page.reads("#sms-code-error", "This is not the code that we sent. Check it and try again.")
            .await;
        page.has_focus("sms-code").await;
        page.keep("code").await;
        // Some keyboards put a space into the middle, or send full-width digits.
        let wide: String =
            code.chars().map(|it| char::from_u32(u32::from(it) + 0xFEE0).unwrap()).collect();
        page.fill("#sms-code", &format!("{} {}", &code[..3], &wide[9..])).await;
        page.press("#submit").await;
        page.arrives_at("/account").await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_number_and_a_wrong_password_look_the_same() {
    let Some(service) = service().await else { return };
    let (number, owner) = (phone(), Person::new(&service));
    owner.sign_up(&number, PASSWORD).await;
    walk_at(&service.url(), "credentials", Look::PLAIN, async |page| {
        for (mobile, password) in [(&number, "not the password"), (&phone(), PASSWORD)] {
            page.go("/sign-in").await;
            page.fill("#mobile", mobile).await;
            page.fill("#password", password).await;
            page.press("#submit").await;
            page.reads("#password-error", ENGLISH.credentials_wrong).await;
            page.has_focus("password").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_that_may_arrive_is_waited_for() {
    if webdriver().is_none() {
        return;
    }
    let chinese = Look { languages: CHINESE.languages, ..Look::PLAIN };
    for (look, words, before, behind) in [
        (
            Look::PLAIN,
            &ENGLISH,
            "The code may be on its way to ",
            ". Wait for it, and ask for another only if none comes.",
        ),
        (chinese, &CHINESE, "验证码可能已发送到 ", "，请先等待，未收到时再重新获取。"),
    ] {
        let double = GatewayDouble::start("webhook");
        double.withhold();
        let gateway = double.settings("webhook");
        let mut settings: Vec<_> = gateway.iter().map(|(key, it)| (&**key, &**it)).collect();
        settings.extend([("sms.gateways", "webhook"), ("sms.deadline", "1s")]);
        let service = Service::start(&settings).await;
        walk_at(&service.url(), &format!("perhaps-{}", words.tag), look, async |page| {
            let number = phone();
            page.go("/sign-up").await;
            page.shows_picture("#captcha-image").await;
            page.fill("#mobile", &number).await;
            page.fill("#image-code", ANSWER).await;
            page.press("#send-code").await;
            page.reads("#send-status", &format!("{before}{number}{behind}")).await;
            page.counts_down(words.countdown, 50..=60).await;
            page.has_focus("sms-code").await;
            page.reads("#send-error", "").await;
            page.keep("waits").await;
            // It arrived.
            page.fill("#sms-code", &code_in(&double.requests()[0])).await;
            page.fill("#password", PASSWORD).await;
            page.press("#submit").await;
            page.arrives_at("/account").await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_service_that_went_away_is_said_and_can_be_tried_again() {
    let Some(mut service) = service().await else { return };
    let number = phone();
    Person::new(&service).sign_up(&number, PASSWORD).await;
    let (url, folder) = (service.url(), service.folder().clone());
    let listen = url.trim_start_matches("http://").to_owned();
    walk_at(&url, "away", Look::PLAIN, async move |page| {
        page.go("/sign-in").await;
        page.fill("#mobile", &number).await;
        page.fill("#password", PASSWORD).await;
        service.kill();
        page.press("#submit").await;
        page.reads(
            "#form-error",
            "The server cannot be reached. Check your connection and try again.",
        )
        .await;
        page.keep("unreachable").await;
        let complaints = page.complaints().await;
        assert!(!complaints.is_empty(), "the browser notes it too");
        let _again = Service::start_in(&folder, &[("http.listen", &listen)]).await;
        page.press("#submit").await;
        page.arrives_at("/account").await;
        page.finds("#account").await;
    })
    .await;
}

async fn service() -> Option<Service> {
    webdriver()?;
    Some(Service::start(&[("captcha.test_answer", ANSWER), ("sms_code.resend_after", "1s")]).await)
}

/// Another code as soon as the first second is over.
async fn next_code(person: &Person, number: &str) -> String {
    crate::support::until("another code is sent", async || {
        person.try_request_code(number).await.errno() == "0"
    })
    .await;
    person.codes_of(number).await.remove(0)
}

async fn fill_sign_up(page: &Page, number: &str, code: &str) {
    page.go("/sign-up").await;
    page.fill("#mobile", number).await;
    page.fill("#sms-code", code).await;
    page.fill("#password", PASSWORD).await;
    page.press("#submit").await;
}
