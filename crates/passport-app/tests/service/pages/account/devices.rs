use super::{service, with_password};
use crate::support::{Api, PASSWORD, sign_in};

const PATH: &str = "/account/devices";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";

/// Values of the buttons that sign out a device.
fn buttons(page: &crate::support::Shown) -> Vec<String> {
    let buttons = page.tags().iter().filter(|tag| tag.attribute("name") == Some("end"));
    buttons.map(|tag| tag.attribute("value").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn devices_are_listed_and_signed_out() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    // A sign-in by the page, so that the device is known.
    let other = crate::support::Plain::new(&service);
    let page = other.open("/sign-in/password").await;
    let form = page.fill(&[("mobile", &account.phone), ("password", PASSWORD)]);
    let reply = other.answer(other.post(&form).header("user-agent", FIREFOX)).await;
    assert_eq!(reply.status, 303);
    let page = person.open(PATH).await.is("account-devices", 200);
    assert!(page.html.contains("Firefox on Linux"), "{}", page.html);
    assert!(page.html.contains("This device") && page.html.contains(".0/24"));
    let ids = buttons(&page);
    // The sign-up and the first sign-in of the account began sessions, too.
    let before = ids.len();
    let firefox = page.tags().iter().position(|tag| tag.text.contains("Firefox on Linux")).unwrap();
    let button = page.tags()[firefox..].iter().find(|it| it.attribute("name") == Some("end"));
    let id = button.unwrap().attribute("value").unwrap().to_owned();
    let page = person.submit(&page.fill_nth(0, &[("end", &id)])).await.is("account-devices", 200);
    assert_eq!(page.note().as_deref(), Some("The device was signed out."));
    assert_eq!(buttons(&page).len(), before - 1);
    assert!(other.who_am_i().await.is_none());
    assert!(api.is_signed_in(&account.token).await);
    let page = person.submit(&page.fill_nth(0, &[("end", &id)])).await.is("account-devices", 404);
    page.says("", "This device is signed out already.");
}

#[tokio::test]
async fn all_other_devices_are_signed_out_at_once() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let reply = sign_in(&api, &account.phone, PASSWORD).await.json();
        tokens.push(reply["token"].as_str().unwrap().to_owned());
    }
    let page = person.open(PATH).await;
    let count = buttons(&page).len();
    let page = person.submit(&page.fill_nth(1, &[])).await.is("account-devices", 200);
    let expected = format!("{count} other devices were signed out.");
    assert_eq!(page.note().as_deref(), Some(&*expected));
    assert!(buttons(&page).is_empty());
    for token in &tokens {
        assert!(!api.is_signed_in(token).await);
    }
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn devices_of_others_and_this_one_are_not_ended() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, _) = with_password(&service).await;
    let (other, account) = with_password(&service).await;
    let foreign = buttons(&other.open(PATH).await).remove(0);
    let own = person.answer(person.request(reqwest::Method::GET, "/api/v1/session")).await.json();
    let own = own["session"]["id"].as_str().unwrap().to_owned();
    for id in [&*foreign, &own, "", "x", "00000000-0000-0000-0000-000000000000"] {
        let page = person.open(PATH).await;
        let form = page.fill_nth(0, &[("end", id)]);
        let page = person.submit(&form).await.is("account-devices", 404);
        page.says("", "This device is signed out already.");
    }
    assert!(api.is_signed_in(&account.token).await);
    assert!(buttons(&other.open(PATH).await).contains(&foreign));
    assert!(person.who_am_i().await.is_some());
}
