//! Forms that another site sends, or that carry no token.

use reqwest::Method;

use super::{PAGES, service, with_password};
use crate::support::PASSWORD;

/// Fields that would do something on the page at `path`.
fn fields(path: &str) -> &'static str {
    match path {
        "/account/name" => "nick_name=Mallory",
        "/account/password" => "act=remove",
        "/account/devices" => "act=end-others",
        _ => "password=correct+horse+battery",
    }
}

#[tokio::test]
async fn x4_no_form_acts_without_its_token_or_from_another_site() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let api = crate::support::Api::new(&service);
    let other = crate::support::sign_in(&api, &account.phone, PASSWORD).await;
    let other = other.json()["token"].as_str().unwrap().to_owned();
    let token = person.open("/account").await.value("csrf_token").unwrap();
    let posts = PAGES.into_iter().filter(|it| !["/account", "/account/history"].contains(it));
    for path in posts.filter(|it| *it != "/account/number/code") {
        for (csrf, headers) in [
            ("", &[][..]),
            ("&csrf_token=", &[]),
            ("&csrf_token=0f3a", &[("Sec-Fetch-Site", "same-origin")]),
            (&*format!("&csrf_token={token}"), &[("Origin", "https://evil.example")]),
            (&*format!("&csrf_token={token}"), &[("Sec-Fetch-Site", "cross-site")]),
            (&*format!("&csrf_token={token}"), &[("Sec-Fetch-Site", "same-site")]),
            (&*format!("&csrf_token={token}"), &[("Origin", "null")]),
        ] {
            let mut request = person
                .request(Method::POST, path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("{}{csrf}", fields(path)));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let reply = person.answer(request).await;
            assert_eq!(reply.status, 403, "{path} {csrf} {headers:?}: {}", reply.text());
            assert!(reply.header("content-type").starts_with("text/html"), "{path}");
        }
    }
    let user = person.who_am_i().await.expect("the session is as it was");
    assert_ne!(user["nick_name"], "Mallory");
    assert_eq!(user["has_password"], true);
    assert!(api.is_signed_in(&other).await);
}
