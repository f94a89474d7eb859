//! Reload, the way back, tabs, and addresses and cookies that no page of this browser has.

use super::{code_page, flow_of, send_number, service, type_code, with_account};
use crate::support::{PASSWORD, Plain, phone};

const CODE_PAGES: [(&str, &str); 6] = [
    ("/sign-in/code", "/sign-in"),
    ("/sign-in/restore", "/sign-in"),
    ("/sign-up/code", "/sign-up"),
    ("/forgot/code", "/forgot"),
    ("/forgot/password", "/forgot"),
    ("/undo-number/code", "/undo-number"),
];

#[tokio::test]
async fn p10_a_reload_shows_the_same_step() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    for _ in 0..2 {
        let again = person.open(&page.address).await.is("sign-in-code", 200);
        assert!(again.html.contains(&phone[7..]));
    }
    let page = person.send(&page, &[("code", "1")]).await.is("sign-in-code", 422);
    let again = person.open(&page.address).await.is("sign-in-code", 200);
    assert!(again.errors().is_empty());
    type_code(&person, &again, &phone).await.is("sign-up-password", 200);
}

#[tokio::test]
async fn p10_after_the_sign_in_the_way_back_leads_to_the_account() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let first = person.open("/sign-in").await;
    let code = code_page(&person, "/sign-in", &phone).await;
    type_code(&person, &code, &phone).await.is("sign-up-password", 200);
    assert_eq!(person.open(&code.address).await.redirects, ["/sign-in?note=expired", "/account"]);
    // The forms of those pages were rendered before the session began.
    let sent = person.send(&first, &[("mobile", &phone), ("picture", "abcd2")]).await;
    assert_eq!(sent.redirects, ["/account"]);
    let sent = person.send(&code, &[("code", "123456")]).await;
    assert_eq!(sent.redirects, ["/account"]);
}

#[tokio::test]
async fn two_tabs_have_two_flows() {
    let service = service(&[]).await;
    let (person, one, other) = (Plain::new(&service), phone(), phone());
    let first = code_page(&person, "/sign-in", &one).await;
    let second = code_page(&person, "/sign-in", &other).await;
    assert_ne!(flow_of(&first), flow_of(&second));
    assert!(person.open(&first.address).await.html.contains(&one[7..]));
    assert!(person.open(&second.address).await.html.contains(&other[7..]));
    let crossed = person.code(&other).await;
    if crossed != person.code(&one).await {
        person.send(&first, &[("code", &crossed)]).await.is("sign-in-code", 422);
    }
    type_code(&person, &first, &one).await.is("sign-up-password", 200);
}

#[tokio::test]
async fn a_browser_has_four_flows_and_the_oldest_makes_room() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let mut pages = Vec::new();
    for n in 0..5 {
        if n == 1 {
            // The oldest is told apart by seconds.
            tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        }
        pages.push(code_page(&person, "/sign-in", &phone()).await);
    }
    let flows = || person.cookies().matches("passport_flow_").count();
    assert_eq!(flows(), 4);
    person.open(&pages[0].address).await.is("sign-in", 200);
    for page in &pages[1..] {
        person.open(&page.address).await.is("sign-in-code", 200);
    }
}

#[tokio::test]
async fn a_flow_is_for_its_own_pages() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let page = code_page(&person, "/forgot", &phone()).await;
    let flow = flow_of(&page);
    for (path, first) in CODE_PAGES.iter().filter(|(path, _)| !path.starts_with("/forgot")) {
        let shown = person.open(&format!("{path}?f={flow}")).await;
        assert_eq!(shown.redirects, [format!("{first}?note=expired")], "{path}");
    }
    // The number is offered to another flow.
    let other = person.open(&format!("/sign-in?f={flow}")).await.is("sign-in", 200);
    assert!(other.value("mobile").is_some_and(|it| !it.is_empty()));
    assert_eq!(other.note(), None, "the code was sent for another purpose");
}

#[tokio::test]
async fn an_address_that_this_browser_does_not_have_leads_to_the_beginning() {
    let service = service(&[]).await;
    let owner = Plain::new(&service);
    let page = code_page(&owner, "/sign-in", &phone()).await;
    let own = flow_of(&page).to_owned();
    let long = "x".repeat(4_000);
    for f in ["", "x", &own, "%00", "%FF", "../../etc", "<script>", &long, "a&f=b", "é"] {
        let f = if f == "<script>" { "%3Cscript%3Ealert(1)%3C/script%3E" } else { f };
        for (path, first) in CODE_PAGES {
            let person = Plain::new(&service);
            let shown = person.open(&format!("{path}?f={f}")).await;
            assert_eq!(shown.redirects, [format!("{first}?note=expired")], "{path} {f}");
            assert_eq!(shown.note().unwrap(), "That page has expired. Please start again.");
        }
        let shown = Plain::new(&service).open(&format!("/sign-in?f={f}")).await.is("sign-in", 200);
        assert!(!shown.html.contains("<script>alert"), "{f}");
        assert_eq!(shown.value("mobile").as_deref(), Some(""));
    }
}

#[tokio::test]
async fn a_cookie_that_was_tampered_with_is_none() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let page = code_page(&person, "/sign-in", &phone()).await;
    let sealed = person.cookie("passport_flow_1").unwrap();
    let last = if sealed.ends_with('0') { "1" } else { "0" };
    let flipped = format!("{}{last}", &sealed[..sealed.len() - 1]);
    for value in ["", "x", "00", &sealed[..sealed.len() / 2], &flipped, &sealed.repeat(2)] {
        person.set_cookie("passport_flow_1", value);
        person.open(&page.address).await.is("sign-in", 200);
    }
    // In another place of the same browser it is the same flow.
    person.drop_cookie("passport_flow_1");
    person.set_cookie("passport_flow_3", &sealed);
    person.open(&page.address).await.is("sign-in-code", 200);
    // The key is that of the service.
    let stranger = super::service(&[]).await;
    person.go_to(&stranger);
    person.open(&page.address).await.is("sign-in", 200);
}

#[tokio::test]
async fn a_flow_outlives_a_restart() {
    let mut service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let code = person.code(&phone).await;
    service.stop().await;
    let service = crate::support::Service::start_in(service.folder(), &crate::support::ROOMY).await;
    person.go_to(&service);
    let page = person.open(&page.address).await.is("sign-in-code", 200);
    person.send(&page, &[("code", &code)]).await.is("sign-up-password", 200);
}

#[tokio::test]
async fn an_account_that_got_a_password_meanwhile_is_not_asked_for_one() {
    let service = service(&[]).await;
    let (person, _) = with_account(&service).await;
    let page = person.open("/sign-up/password").await.is("sign-up-password", 200);
    person.send(&page, &[("password", PASSWORD)]).await;
    // The same page in another tab: its form was rendered for the former session token.
    let sent = person.send(&page, &[("password", "another good password")]).await;
    assert_eq!(sent.redirects, ["/account"]);
}

/// The number is sent again from the page that its flow leads back to.
#[tokio::test]
async fn p16_a_code_that_is_asked_for_again_replaces_the_first() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let first = code_page(&person, "/sign-up", &phone).await;
    let old = person.code(&phone).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let back = format!("/sign-up?f={}", flow_of(&first));
    let second = send_number(&person, &back, &phone).await.is("sign-up-code", 200);
    assert_eq!(first.address, second.address);
    if person.code(&phone).await != old {
        person.send(&first, &[("code", &old)]).await.is("sign-up-code", 422);
    }
    type_code(&person, &second, &phone).await.is("sign-up-password", 200);
}
