//! What pages show and tell of the application.

use std::fs;

use reqwest::{Method, header};

use super::{SHOP, TO, code_page, leaves, led, service, way, with_account};
use crate::support::{Plain, Shown, phone};

const LOGO: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 24'></svg>";

fn onward(page: &Shown) -> Option<String> {
    page.text_of(|tag| tag.has_class("onward"))
}

#[tokio::test]
async fn app_2_pages_name_the_application_in_the_language_of_the_reader() {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("shop.svg");
    fs::write(&logo, LOGO).unwrap();
    let logo = [("apps.shop.logo", logo.to_str().unwrap())];
    let home = [("apps.shop.home", "https://shop.example/"), ("apps.stall.title", "Stall")];
    let service = service(&[&SHOP[..], &logo, &home].concat()).await;
    for (languages, text) in [
        ("en", "To continue to The Shop"),
        ("zh-CN", "继续前往“小店”"),
        ("zh-TW", "繼續前往「小店」"),
    ] {
        let (person, phone) = (Plain::reading(&service, languages), phone());
        for path in ["/sign-in", "/sign-in/password", "/sign-up", "/forgot"] {
            assert_eq!(onward(&person.open(&way(path, TO)).await).as_deref(), Some(text), "{path}");
            assert_eq!(onward(&person.open(path).await), None, "{path}");
        }
        let page = code_page(&person, &way("/sign-in", TO), &phone).await;
        assert_eq!(onward(&page).as_deref(), Some(text));
    }
    let (person, _) = with_account(&service).await;
    let page = person.open("/account").await;
    assert!(page.links().contains(&"https://shop.example/"), "{:?}", page.links());
    assert!(!page.html.contains("Stall"), "an application without a first page has no link");
    let picture =
        page.tags().iter().find(|tag| tag.name == "img" && tag.attribute("height") == Some("24"));
    let picture = picture.expect("the logo is beside the title");
    assert_eq!(picture.attribute("width"), Some("48"));
    let address = picture.attribute("src").unwrap();
    let picture = person.answer(person.request(Method::GET, address)).await;
    assert_eq!((picture.status.as_u16(), picture.text().as_str()), (200, LOGO));
}

#[tokio::test]
async fn app_2_an_address_that_is_not_listed_is_told_to_the_person_and_the_operator() {
    let service = service(&SHOP).await;
    let told = "The site that sent you here is not known to this service, so you stay here after you \
                sign in.";
    let other = "https://forgotten.example/secret?token=1";
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open(&way("/sign-in", other)).await.is("sign-in", 200);
    assert_eq!(page.note().as_deref(), Some(told));
    assert_eq!((page.fill(&[]).action.as_str(), onward(&page)), ("/sign-in", None));
    let page = code_page(&person, &way("/sign-in", other), &phone).await;
    let code = person.code(&phone).await;
    assert_eq!(leaves(&person, &page, &[("code", &code)]).await, "/sign-up/password");
    assert_eq!(led(&person, &way("/sign-in", other)).await, "/account");
    let page = person.open("/account").await.is("account", 200);
    assert_eq!(page.note().as_deref(), Some(told));

    let reply = person.answer(person.request(Method::GET, "/account")).await;
    let log = service.log_up_to(&reply).await;
    let warnings: Vec<_> = log.lines().filter(|it| it.contains("http::apps\"")).collect();
    let [warning] = &warnings[..] else { panic!("one for all visits: {warnings:#?}") };
    assert!(warning.contains("https://forgotten.example\""), "{warning}");
    assert!(warning.contains("apps.<name>.origins"), "{warning}");
    assert!(!log.contains("secret") && !log.contains("token=1"), "the origin is enough: {log}");
}

#[tokio::test]
async fn app_2_forms_may_lead_to_the_application_and_nowhere_else() {
    let service = service(&SHOP).await;
    let person = Plain::new(&service);
    let policy = |page: &Shown| page.header("content-security-policy").to_owned();
    let page = person.open(&way("/sign-in", TO)).await;
    assert!(
        policy(&page).contains(
            "; form-action 'self' https://shop.example https://www.shop.example; base-uri 'none'"
        ),
        "{}",
        policy(&page)
    );
    let own = policy(&person.open("/sign-in").await);
    assert!(own.contains("; form-action 'self'; base-uri 'none'"), "{own}");
    assert_eq!(policy(&person.open(&way("/sign-in", "https://evil.example/")).await), own);
    assert_eq!(
        policy(&page).replace(" https://shop.example https://www.shop.example", ""),
        own,
        "and nothing else differs"
    );
    assert_eq!(page.header("referrer-policy"), "same-origin");
}

/// An application that does not see the session sends people to the sign-in, which leads them back.
#[tokio::test]
async fn app_2_a_circle_between_service_and_application_ends_on_a_page_that_says_why() {
    let service = service(&SHOP).await;
    let (person, _) = with_account(&service).await;
    for _ in 0..4 {
        assert_eq!(led(&person, &way("/sign-in", TO)).await, TO);
    }
    let page = person.open(&way("/sign-in", TO)).await.is("sent-back", 200);
    assert_eq!(page.heading(), "You are signed in");
    assert!(page.html.contains("The Shop sends you back here each time"), "{}", page.html);
    assert!(page.links().contains(&TO) && page.links().contains(&"/account"));
    assert!(page.tags().iter().all(|tag| tag.attribute("http-equiv").is_none()));
    let log =
        service.log_up_to(&person.answer(person.request(Method::GET, "/account")).await).await;
    let said = log.lines().filter(|it| it.contains("people to the sign-in who are signed in"));
    assert_eq!(said.filter(|it| it.contains("https://shop.example\"")).count(), 1);
    // Another address is another way, and a later visit is no circle.
    assert_eq!(
        led(&person, &way("/sign-in", "https://shop.example/")).await,
        "https://shop.example/"
    );
    person.drop_cookie("passport_returns");
    assert_eq!(led(&person, &way("/sign-in", TO)).await, TO);
    for foreign in ["", "x", "9", "255.x", "-1.0", "999999.00"] {
        person.set_cookie("passport_returns", foreign);
        assert_eq!(led(&person, &way("/sign-in", TO)).await, TO, "{foreign}");
    }
}

/// A script cannot follow a redirect to another origin, so it gets a page.
#[tokio::test]
async fn app_2_a_script_gets_a_page_that_leads_on() {
    let service = service(&SHOP).await;
    let (person, _) = with_account(&service).await;
    let by_script =
        |path: &str| person.request(Method::GET, path).header("X-Requested-With", "fetch");
    let reply = person.answer(by_script(&way("/sign-in", TO))).await;
    assert_eq!(reply.headers.get(header::LOCATION), None);
    let page = person.follow("/sign-in", reply).await.is("onward", 200);
    assert!(page.links().contains(&TO), "{:?}", page.links());
    let refresh = page.tags().iter().find(|tag| tag.attribute("http-equiv").is_some()).unwrap();
    assert_eq!(refresh.attribute("content"), Some(&*format!("0; url={TO}")));
    let reply = person.answer(by_script("/sign-in")).await;
    assert_eq!(reply.header("location"), "/account");

    let form = person.open(&way("/sign-out", TO)).await.fill(&[]);
    let reply = person.answer(person.post(&form).header("X-Requested-With", "fetch")).await;
    let page = person.follow("/sign-out", reply).await.is("onward", 200);
    assert!(page.links().contains(&TO));
    assert_eq!(person.cookie("passport_session"), None);
}
