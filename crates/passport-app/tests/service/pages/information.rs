//! Pages without a form, and addresses that lead to others.

use reqwest::{Method, header};

use crate::support::{Account, Api, Plain, ROOMY, Service, phone};

#[tokio::test]
async fn a_problem_is_explained_in_the_language_of_its_reader() {
    let service = Service::start(&[]).await;
    for (languages, tag, title) in [
        ("en", "en", "The code is wrong"),
        ("zh-CN", "zh-Hans", "短信验证码错误"),
        ("zh-TW", "zh-Hant", "簡訊驗證碼錯誤"),
    ] {
        let page = Plain::reading(&service, languages).open("/problems/code-wrong").await;
        let page = page.is("problem", 200);
        assert_eq!((page.language(), page.heading()), (tag, title.to_owned()));
        assert!(page.html.contains("<code>tries_left</code>") && page.html.contains("422"));
    }
    let person = Plain::new(&service);
    let page = person.open("/problems/code-wrong?lang=zh-Hant").await.is("problem", 200);
    assert_eq!((page.language(), page.address.as_str()), ("zh-Hant", "/problems/code-wrong"));
}

#[tokio::test]
async fn an_unknown_address_has_a_page_in_the_language_of_its_reader() {
    let service = Service::start(&[]).await;
    for (languages, heading) in
        [("en", "There is no such page"), ("zh-CN", "页面不存在"), ("zh-TW", "找不到頁面")]
    {
        let person = Plain::reading(&service, languages);
        for path in ["/nothing", "/account/nothing", "/problems/nothing", "/static/nothing"] {
            let page = person.open(path).await.is("missing", 404);
            assert_eq!(page.heading(), heading, "{path}");
            assert!(!page.html.contains(path), "it is not repeated");
            assert_eq!(page.header("vary"), "accept");
        }
    }
}

#[tokio::test]
async fn p17_password_managers_find_the_page_for_the_password() {
    let service = Service::start(&ROOMY).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    person.set_cookie("passport_session", &account.token);
    let page = person.open("/.well-known/change-password").await.is("account-password", 200);
    assert_eq!(page.redirects, ["/account/password"]);
    let icon = person.answer(person.request(Method::GET, "/favicon.ico")).await;
    assert_eq!((icon.status.as_u16(), icon.header("content-type")), (200, "image/svg+xml"));
}

#[tokio::test]
async fn the_inbox_of_development_works_without_a_script() {
    let service = Service::start(&ROOMY).await;
    let person = Plain::new(&service);
    let open = async || {
        // Not through the proxy, whose requests are not those of the person at the machine.
        let request = reqwest::Client::new().get(format!("{}/dev/inbox", service.url()));
        let request = request.header(header::ACCEPT_LANGUAGE, "en");
        person.follow("/dev/inbox", person.answer(request).await).await.is("inbox", 200)
    };
    let page = open().await;
    assert!(page.html.contains("No messages yet."));
    assert!(page.html.contains("<noscript><meta http-equiv=\"refresh\""), "{}", page.html);
    let phone = phone();
    let (_, code) = Api::new(&service).code("sign-in", &phone, None).await;
    let page = open().await;
    for expected in [&*format!("+86{phone}"), &*format!(">{code}<"), "Sign-in", "<time datetime="] {
        assert!(page.html.contains(expected), "{expected}: {}", page.html);
    }
    assert!(!page.html.contains("No messages yet."));
    let forwarded = person.answer(person.request(Method::GET, "/dev/inbox?lang=en")).await;
    assert_eq!(forwarded.status, 404);
    assert_eq!(forwarded.cookie("passport_language"), None);
}
