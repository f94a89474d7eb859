//! A page that was written for the original service, unchanged, with this service.

use std::path::Path;

use super::{ANSWER, chrome::Look, page::Page, proxy::Proxy, walk_at};
use crate::support::{PASSWORD, Person, Service, phone};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/original");

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_originals_page_works_unchanged() {
    let proxy = Proxy::bind().await;
    let origin = proxy.origin();
    let service =
        Service::start(&[("captcha.test_answer", ANSWER), ("http.public_url", &origin)]).await;
    let address = service.url().trim_start_matches("http://").to_owned();
    proxy.serve(Path::new(FOLDER), address);
    let (number, telephone) = (phone(), Person::new(&service));

    let look = Look { languages: "zh-CN,zh", ..Look::PLAIN };
    walk_at(&origin, "original", look, async |page| {
        page.go("/").await;
        request_code(page, &number).await;
        register(page, &telephone.codes_of(&number).await[0]).await;
        login(page, &number).await;
        logout(page).await;
    })
    .await;
}

async fn request_code(page: &Page, number: &str) {
    page.press(".register_btn").await;
    page.finds(".register_form_con").await;
    let first = page.shows_picture(".get_pic_code").await;
    page.press(".get_code").await;
    page.reads("#register-mobile-err", "请填写手机号").await;
    page.keep("register").await;

    page.fill("#register_mobile", number).await;
    page.fill("#imagecode", "zzzz9").await;
    page.press(".get_code").await;
    alerts(page, "图片验证码错误").await;
    page.wait("another picture", async || {
        let now = page.shows_picture(".get_pic_code").await;
        if now == first { Err(now) } else { Ok(()) }
    })
    .await;
    page.press(".get_pic_code").await;

    page.shows_picture(".get_pic_code").await;
    page.fill("#imagecode", ANSWER).await;
    page.press(".get_code").await;
    let is_counting = |text: &str| {
        let seconds = text.strip_suffix('秒').and_then(|it| it.parse::<u32>().ok());
        seconds.is_some_and(|it| (50..=59).contains(&it))
    };
    page.reads_like(".get_code", "59秒", is_counting).await;
    page.keep("code-sent").await;
}

async fn register(page: &Page, code: &str) {
    let wrong = if code == "000000" { "000001" } else { "000000" };
    page.fill("#smscode", wrong).await;
    page.fill("#register_password", PASSWORD).await;
    page.press(".register_form_con [type=submit]").await;
    alerts(page, "短信验证码错误").await;
    page.fill("#smscode", code).await;
    reloads_after(page, ".register_form_con [type=submit]").await;
    assert_eq!(who_am_i(page).await, 401, "registering does not sign in");
}

async fn login(page: &Page, number: &str) {
    page.press(".login_btn").await;
    page.fill(".login_form #mobile", number).await;
    page.fill(".login_form #password", "not the password").await;
    page.press(".login_form_con [type=submit]").await;
    alerts(page, "手机号或密码错误").await;
    page.fill(".login_form #password", PASSWORD).await;
    page.keep("login").await;
    reloads_after(page, ".login_form_con [type=submit]").await;
    assert_eq!(who_am_i(page).await, 200);
}

async fn logout(page: &Page) {
    reloads_after(page, ".logout_btn").await;
    assert_eq!(who_am_i(page).await, 401);
    page.keep("out").await;
}

async fn alerts(page: &Page, text: &str) {
    let seen = page
        .wait(&format!("the page alerts {text}"), async || {
            page.browser.get_alert_text().await.map_err(|error| error.to_string())
        })
        .await;
    assert_eq!(seen, text);
    page.browser.accept_alert().await.unwrap();
}

/// Waits for the reload of the original's page after a success.
async fn reloads_after(page: &Page, css: &str) {
    page.script("window.isFormer = true").await;
    page.press(css).await;
    page.wait("the page reloads", async || {
        // While it reloads there is no page.
        let script = "return document.readyState === 'complete' && !window.isFormer";
        let value = page.browser.execute(script, Vec::new()).await.map_err(|e| e.to_string())?;
        if value == true { Ok(()) } else { Err("it stays".to_owned()) }
    })
    .await;
}

async fn who_am_i(page: &Page) -> u64 {
    let script = "fetch('/api/v1/session').then((response) => arguments[0](response.status))";
    let status = page.browser.execute_async(script, Vec::new()).await.unwrap().as_u64().unwrap();
    // The console reports 401.
    page.complaints().await;
    status
}
