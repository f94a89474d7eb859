//! Pages follow the settings of the service.

use super::{
    ANSWER,
    chrome::Look,
    walk_at,
    words::{CHINESE, ENGLISH},
};
use crate::support::{Service, phone};

const SETTINGS: [(&str, &str); 6] = [
    ("captcha.test_answer", ANSWER),
    ("captcha.length", "7"),
    ("password.min_length", "12"),
    ("password.max_length", "64"),
    ("sms_code.ttl", "10m"),
    ("sms_code.resend_after", "20s"),
];

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_pages_go_by_the_settings_in_english() {
    go_by_the_settings(
        Look::PLAIN,
        ENGLISH.countdown,
        [
            "7 characters in rows, read like lines; upper or lower case. \
             Hard to read? Press the picture for another.",
            "12 to 64 characters",
            ". Type it here within 10 minutes.",
            "Choose another password: 12 to 64 characters, not a common one, not your number.",
        ],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_pages_go_by_the_settings_in_chinese() {
    let look = Look { languages: CHINESE.languages, ..Look::PLAIN };
    go_by_the_settings(
        look,
        CHINESE.countdown,
        [
            "共 7 个字符，从上到下逐行输入，不区分大小写。看不清？点击图片换一张。",
            "12 到 64 个字符",
            "，10 分钟内有效。",
            "密码至少 12 个字符",
        ],
    )
    .await;
}

async fn go_by_the_settings(look: Look, countdown: (&str, &str), texts: [&str; 4]) {
    let [hint, rule, life, refusal] = texts;
    let service = Service::start(&SETTINGS).await;
    walk_at(&service.url(), &format!("settings-{}", &look.languages[..2]), look, async |page| {
        page.go("/sign-up").await;
        page.shows_picture("#captcha-image").await;
        page.reads("#image-code-hint", hint).await;
        page.reads("#password-rules li", rule).await;
        let is_met = "document.querySelector('#password-rules li').dataset.state === 'met'";
        page.fill("#password", "elevenchars").await;
        page.holds(&format!("!({is_met})")).await;
        page.fill("#mobile", &phone()).await;
        page.fill("#image-code", ANSWER).await;
        page.press("#send-code").await;
        page.reads_like("#send-status", life, |it| it.ends_with(life)).await;
        page.counts_down(countdown, 10..=20).await;
        page.keep("sent").await;
        page.fill("#sms-code", "0").await;
        page.press("#submit").await;
        page.reads("#password-error", refusal).await;
        page.fill("#password", "twelve chars").await;
        page.holds(is_met).await;
        page.keep("refused").await;
    })
    .await;
}
