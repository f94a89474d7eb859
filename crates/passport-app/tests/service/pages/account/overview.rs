use reqwest::Method;

use super::{PAGES, browser, service, with_password, without_password};
use crate::support::{Api, Call, Plain, passport};

#[tokio::test]
async fn p18_without_a_session_every_page_leads_to_the_sign_in() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    for path in PAGES {
        let page = person.open(path).await.is("sign-in", 200);
        assert_eq!(
            (page.redirects, page.address),
            (vec!["/sign-in".to_owned()], "/sign-in".into())
        );
    }
    assert_eq!(person.open("/account").await.note(), None);
    assert_eq!(person.open("/").await.redirects, ["/sign-in"]);
}

#[tokio::test]
async fn a_session_that_has_ended_is_told_once_and_nothing_is_shown() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    person.open("/account").await.is("account", 200);
    let api = Api::new(&service);
    api.done(Call::new(Method::DELETE, "/session").by(&account.token)).await;
    for path in PAGES {
        let page = person.open(path).await.is("sign-in", 200);
        let note = page.note().unwrap();
        assert_eq!(note, "You are no longer signed in. Sign in again.", "{path}");
    }
    assert_eq!(person.open("/sign-in").await.note(), None, "a note is told once");
}

#[tokio::test]
async fn a_disabled_account_shows_nothing() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let page = person.open("/account/name").await.is("account-name", 200);
    let disable = format!("user disable {} --yes", account.id);
    passport(service.folder().path(), &[], &disable);
    let page = person.send(&page, &[("nick_name", "Ada")]).await.is("sign-in", 200);
    let note = "You are no longer signed in, so nothing was changed. Sign in again.";
    assert_eq!(page.note().as_deref(), Some(note));
    for path in PAGES {
        person.open(path).await.is("sign-in", 200);
    }
}

#[tokio::test]
async fn the_account_is_shown_at_a_glance() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    assert_eq!(person.open("/").await.redirects, ["/account"]);
    let page = person.open("/account").await.is("account", 200);
    assert_eq!(page.header("cache-control"), "no-store");
    let masked = format!("{}****{}", &account.phone[..3], &account.phone[7..]);
    assert!(page.html.contains(&masked) && !page.html.contains(&account.phone));
    assert!(!page.html.contains(&account.token));
    let times = page.tags().iter().filter(|tag| tag.name == "time");
    let times: Vec<_> = times.map(|tag| tag.attribute("datetime").unwrap()).collect();
    assert_eq!(times.len(), 3, "member since, here, latest");
    assert!(times.iter().all(|it| it.ends_with('Z') && it.len() == 20), "{times:?}");
    for path in ["name", "number", "password", "devices", "history", "data", "delete"] {
        let address = format!("/account/{path}");
        assert!(page.links().contains(&&*address), "{address}");
        let page = person.open(&address).await;
        assert_eq!((page.status, page.address.as_str()), (200, &*address));
        assert!(page.links().contains(&"/account"), "{address} leads back");
    }
    assert!(page.html.contains("<dd>Set</dd>"), "{}", page.html);
    let (person, _) = without_password(&service).await;
    let page = person.open("/account").await.is("account", 200);
    assert!(page.html.contains("Not set; you sign in with a code"));
}

#[tokio::test]
async fn every_page_is_in_the_language_of_its_reader() {
    let service = service(&[]).await;
    let (_, account) = with_password(&service).await;
    for (languages, tag, expected) in [
        ("en", "en", "Your account"),
        ("zh-CN,zh;q=0.9", "zh-Hans", "我的账号"),
        ("zh-TW,zh;q=0.9", "zh-Hant", "我的帳號"),
    ] {
        let person = Plain::reading(&service, languages);
        person.set_cookie("passport_session", &account.token);
        for path in PAGES {
            let page = person.open(path).await;
            assert_eq!((page.status, page.language()), (200, tag), "{path}");
        }
        let page = person.open("/account").await;
        assert!(page.html.contains(&format!("<title>{expected} ")), "{tag}");
    }
    let person = browser(&service, &account);
    let page = person.open("/account/name?lang=zh-Hant").await.is("account-name", 200);
    assert_eq!((page.language(), page.address.as_str()), ("zh-Hant", "/account/name"));
}
