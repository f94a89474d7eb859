use super::{code_page, flow_of, service, type_code, with_account, wrong_code};
use crate::support::{Account, Api, PASSWORD, Plain, phone};

#[tokio::test]
async fn p14_an_account_is_made_and_a_password_can_follow() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-up").await.is("sign-up", 200);
    assert_eq!(page.heading(), "Create an account");
    assert_eq!(page.field("mobile").unwrap().attribute("autocomplete"), Some("username"));
    let page = code_page(&person, "/sign-up", &phone).await.is("sign-up-code", 200);
    let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    assert_eq!(page.redirects, ["/sign-up/password"]);
    assert!(person.who_am_i().await.is_some(), "the account is made before its password");
    assert!(page.links().contains(&"/account"), "the password can be left out");
    assert_eq!(page.value("username"), Some(format!("+86{phone}")));
    let rules: Vec<_> = page.tags().iter().filter(|tag| tag.name == "li").collect();
    assert_eq!(rules[0].text, "8 to 128 characters");
    let ticked = rules.iter().filter(|rule| rule.attribute("data-rule").is_some()).count();
    assert_eq!((ticked, rules.len()), (1, 3), "p11: nothing is ticked that is not checked");
    let before = person.cookie("passport_session");
    let page = person.send(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.redirects, ["/account"], "{:?}", page.errors());
    assert_ne!(person.cookie("passport_session"), before, "the session has a new token");
    assert!(person.who_am_i().await.is_some());
    // The page is for accounts without a password.
    assert_eq!(person.open("/sign-up/password").await.redirects, ["/account"]);
    let other = Plain::new(&service);
    let page = other.open("/sign-in/password").await;
    let page = other.send(&page, &[("mobile", &phone), ("password", PASSWORD)]).await;
    assert_eq!(page.redirects, ["/account"]);
}

#[tokio::test]
async fn p11_a_password_that_breaks_a_rule_is_told_at_its_field() {
    let service = service(&[]).await;
    let (person, phone) = with_account(&service).await;
    let mut page = person.open("/sign-up/password").await;
    let long = "x".repeat(129);
    let longest = "x".repeat(1_100);
    for (password, said) in [
        ("", "Enter your password."),
        ("short", "The password needs at least 8 characters."),
        (&long, "The password may have at most 128 characters."),
        (&longest, "The password may have at most 128 characters."),
        ("sunshine1", "This password is one of the most common ones. Choose another."),
        (&phone, "Your mobile number cannot be your password."),
    ] {
        page = person.send(&page, &[("password", password)]).await.is("sign-up-password", 422);
        page = page.says("password-error", said);
        assert_eq!(page.value("password").as_deref(), Some(""));
    }
}

#[tokio::test]
async fn a_number_that_is_taken_leads_to_sign_in_with_the_number_kept() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let page = code_page(&person, "/sign-up", &account.phone).await;
    let flow = flow_of(&page).to_owned();
    let page = type_code(&person, &page, &account.phone).await.is("sign-in", 200);
    assert_eq!(page.redirects, [format!("/sign-in?f={flow}")]);
    assert_eq!(page.note().unwrap(), "This number already has an account. Sign in.");
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
    assert!(person.who_am_i().await.is_none());
    // The way back to the code leads to the first page of the flow, which has ended.
    let page = person.open(&format!("/sign-up/code?f={flow}")).await.is("sign-up", 200);
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
}

#[tokio::test]
async fn where_accounts_need_a_password_it_comes_before_the_account() {
    let service = service(&[("account.passwordless", "false")]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let code = code_page(&person, "/sign-up", &phone).await;
    let wrong = wrong_code(&person, &phone).await;
    let page = person.send(&code, &[("code", wrong)]).await.is("sign-up-code", 422);
    let page = page.says("code-error", "This is not the code that we sent. You have 4 more tries.");
    let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    assert_eq!(page.address, format!("/sign-up/password?f={}", flow_of(&code)));
    assert!(person.who_am_i().await.is_none(), "there is no account yet");
    assert!(!page.links().contains(&"/account"), "the password cannot be left out");
    let page = person.send(&page, &[("password", "sunshine1")]).await.is("sign-up-password", 422);
    // A reload keeps the step, and the way back leads forth again.
    let page = person.open(&page.address).await.is("sign-up-password", 200);
    let again = person.open(&code.address).await.is("sign-up-code", 200);
    let again = type_code(&person, &again, &phone).await.is("sign-up-password", 200);
    assert_eq!(again.address, page.address);
    let page = person.send(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.redirects, ["/account"], "{:?}", page.errors());
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn a_code_that_is_gone_while_the_password_is_chosen_leads_back() {
    let service = service(&[("account.passwordless", "false")]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let code = code_page(&person, "/sign-up", &phone).await;
    let page = type_code(&person, &code, &phone).await.is("sign-up-password", 200);
    // Another code takes its place.
    let other = Plain::new(&service);
    code_page(&other, "/sign-up", &phone).await;
    let page = person.send(&page, &[("password", PASSWORD)]).await.is("sign-up-code", 200);
    assert_eq!(page.redirects, std::slice::from_ref(&code.address));
    let lead = page.text_of(|tag| tag.has_class("lead")).unwrap();
    assert!(lead.contains("has expired. Ask for a new one."), "{lead}");
    let page = type_code(&person, &page, &phone).await.is("sign-up-code", 410);
    page.says("code-error", "This code no longer works. Ask for a new one.");
}

#[tokio::test]
async fn without_a_session_there_is_no_password_to_add() {
    let service = service(&[]).await;
    let page = Plain::new(&service).open("/sign-up/password").await.is("sign-in", 200);
    assert_eq!(page.note().unwrap(), "That page has expired. Please start again.");
}

/// The terms of a service that asks for a consent.
const TERMS: [(&str, &str); 3] = [
    ("brand.terms_url", "https://passport.test/terms"),
    ("brand.terms_version", "2026-11-29"),
    ("brand.require_consent", "true"),
];

#[tokio::test]
async fn p9_a_consent_is_asked_for_with_a_link_to_the_terms_and_recorded() {
    let service = service(&TERMS).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-up").await.is("sign-up", 200);
    assert!(page.links().contains(&"https://passport.test/terms"), "{:?}", page.links());
    let page = person.send(&page, &[("mobile", &phone), ("picture", "abcd2")]).await;
    let page = page.is("sign-up", 422).says("consent-error", "Tick the box to go on.");
    assert_eq!(page.value("picture").as_deref(), Some("abcd2"), "the picture is not spent");
    let version = page.field("consent").unwrap().attribute("value").unwrap().to_owned();
    assert_eq!(version, "2026-11-29");
    let page = person.send(&page, &[("consent", &version)]).await.is("sign-up-code", 200);
    assert!(page.field("consent").is_none(), "it is not asked for twice");
    type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    let consent = person.who_am_i().await.unwrap()["terms"].to_string();
    assert!(consent.contains("2026-11-29"), "{consent}");
}

/// A sign-in makes an account too.
#[tokio::test]
async fn p9_a_sign_in_asks_for_the_consent_when_it_makes_an_account() {
    let service = service(&TERMS).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let page = type_code(&person, &page, &phone).await.is("sign-in-code", 422);
    let page = page.says("consent-error", "Tick the box to go on.");
    assert_eq!(page.value("code"), Some(person.code(&phone).await), "the code is not spent");
    assert!(page.links().contains(&"https://passport.test/terms"));
    let other = person.send(&page, &[("consent", "2020-01-01")]).await.is("sign-in-code", 422);
    let other = other.says("consent-error", "Tick the box to go on.");
    let wrong = wrong_code(&person, &phone).await;
    let ticked = [("code", wrong), ("consent", "2026-11-29")];
    let page = person.send(&other, &ticked).await.is("sign-in-code", 422);
    assert_eq!(page.value("consent").as_deref(), Some("2026-11-29"), "the box stays ticked");
    type_code(&person, &page, &phone).await.is("sign-up-password", 200);
}

#[tokio::test]
async fn p9_a_password_that_comes_first_does_not_lose_the_consent() {
    let settings = [&TERMS[..], &[("account.passwordless", "false")]].concat();
    let service = service(&settings).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-up").await;
    let typed = [("mobile", &*phone), ("picture", "abcd2"), ("consent", "2026-11-29")];
    let page = person.send(&page, &typed).await.is("sign-up-code", 200);
    let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    assert_eq!(person.send(&page, &[("password", PASSWORD)]).await.redirects, ["/account"]);
}
