//! Pages when the service refuses a request, or does not answer.

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    walk, walk_at,
    words::{CHINESE, ENGLISH},
};
use crate::{
    gateways::code_in,
    support::{GatewayDouble, PASSWORD, Person, Service, phone},
};

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_taken_number_leads_to_sign_in() {
    let service = service().await;
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
#[ignore = "needs chromedriver"]
async fn a_wrong_code_is_reported_beside_its_field() {
    let service = service().await;
    let (number, person) = (phone(), Person::new(&service));
    let code = person.request_code(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    walk_at(&service.url(), "wrong-code", Look::PLAIN, async |page| {
        fill_sign_up(page, &number, wrong).await;
        page.reads("#sms-code-error", "This is not the code that we sent. Check it and try again.")
            .await;
        page.has_focus("sms-code").await;
        page.keep("code").await;
        // Some keyboards insert a space, or full-width digits.
        let wide: String =
            code.chars().map(|it| char::from_u32(u32::from(it) + 0xFEE0).unwrap()).collect();
        page.fill("#sms-code", &format!("{} {}", &code[..3], &wide[9..])).await;
        page.press("#submit").await;
        page.arrives_at("/account").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn an_unknown_number_and_a_wrong_password_look_the_same() {
    let service = service().await;
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
#[ignore = "needs chromedriver"]
async fn a_message_that_may_arrive_is_waited_for() {
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
            // The message has arrived.
            page.fill("#sms-code", &code_in(&double.requests()[0])).await;
            page.fill("#password", PASSWORD).await;
            page.press("#submit").await;
            page.arrives_at("/account").await;
        })
        .await;
    }
}

impl Page {
    /// Waits until the text of the element is `before`, followed by a number of seconds.
    pub(super) async fn says_to_wait(&self, css: &str, before: &str) {
        self.reads_like(css, before, |text| {
            let seconds = text.strip_prefix(before).and_then(|it| it.strip_suffix(" seconds."));
            seconds.is_some_and(|it| (1..=60).contains(&it.parse().unwrap_or(0)))
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_reached_limit_shows_how_long_to_wait() {
    let settings = [
        ("captcha.test_answer", ANSWER),
        ("limits.sms_per_phone_day", "1"),
        ("limits.login_failures_per_ip_minute", "1"),
        ("limits.wrong_codes_stop", "1"),
    ];
    let service = Service::start(&settings).await;
    let number = phone();
    let code = Person::new(&service).request_code(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    walk_at(&service.url(), "limits", Look::PLAIN, async |page| {
        page.go("/sign-up").await;
        page.shows_picture("#captcha-image").await;
        page.fill("#mobile", &number).await;
        page.fill("#image-code", ANSWER).await;
        page.press("#send-code").await;
        page.reads("#send-error", "Too many codes were asked for. Try again in 24 hours.").await;
        // The text follows the language, and the challenge is not spent.
        page.press("#language").await;
        page.reads("#send-error", "获取验证码过于频繁，请 24 小时后再试。").await;
        page.holds(&format!("document.querySelector('#image-code').value === '{ANSWER}'")).await;
        page.keep("send").await;
        page.press("#language").await;

        page.fill("#sms-code", wrong).await;
        page.fill("#password", PASSWORD).await;
        page.press("#submit").await;
        page.reads("#sms-code-error", "This is not the code that we sent. Check it and try again.")
            .await;
        page.press("#submit").await;
        page.reads("#form-error", "Too many attempts. Try again in 24 hours.").await;
        page.keep("sign-up").await;

        page.go("/sign-in").await;
        page.fill("#mobile", &number).await;
        page.fill("#password", "not the password").await;
        page.press("#submit").await;
        page.reads("#password-error", ENGLISH.credentials_wrong).await;
        page.press("#submit").await;
        page.says_to_wait("#form-error", "Too many attempts. Try again in ").await;
        page.keep("sign-in").await;
    })
    .await;
}

/// A script gives the answer of the service, because one browser cannot keep a service busy.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_busy_service_is_reported_as_busy() {
    walk("busy", Look::PLAIN, async |page| {
        for (path, form) in [("/sign-in", "login"), ("/sign-up", "register")] {
            page.go(path).await;
            let answer = format!(
                "const fetched = window.fetch;
                window.fetch = (path, options) => path === '/passport/{form}'
                    ? Promise.resolve(Response.json({{ errno: '4201', errmsg: '服务繁忙，请稍后再试' }}))
                    : fetched(path, options)"
            );
            page.script(&answer).await;
            for field in ["#mobile", "#sms-code", "#password"] {
                if path == "/sign-up" || field != "#sms-code" {
                    page.fill(field, "13800138000").await;
                }
            }
            page.press("#submit").await;
            page.reads("#form-error", "The server is busy. Wait a while, then try again.").await;
            page.press("#language").await;
            page.reads("#form-error", "服务繁忙，请稍后再试").await;
            page.press("#language").await;
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn an_unreachable_service_is_reported_and_can_be_retried() {
    let mut service = service().await;
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
        assert!(!complaints.is_empty(), "the browser reports the failure as well");
        let _again = Service::start_in(&folder, &[("http.listen", &listen)]).await;
        page.press("#submit").await;
        page.arrives_at("/account").await;
        page.finds("#account").await;
    })
    .await;
}

async fn service() -> Service {
    Service::start(&[("captcha.test_answer", ANSWER), ("sms_code.resend_after", "1s")]).await
}

/// A second code, requested when the cooldown of one second is over.
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
