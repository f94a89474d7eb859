use super::{code_page, service};
use crate::support::{Plain, phone};

#[tokio::test]
async fn p2_the_language_of_the_page_is_that_of_the_message_and_of_the_sound() {
    let service = service(&[]).await;
    for (asked, language, sound, message) in
        [("en", "en", "lang=en", "code"), ("zh-CN,zh;q=0.9", "zh-Hans", "lang=zh-Hans", "验证码")]
    {
        let (person, phone) = (Plain::reading(&service, asked), phone());
        let page = person.open("/sign-in").await;
        assert_eq!(page.language(), language);
        assert!(page.html.contains(sound), "{}", page.html);
        code_page(&person, "/sign-in", &phone).await;
        let inbox = person.person.inbox().await;
        let to = format!("+86{phone}");
        let sent = inbox.as_array().unwrap().iter().find(|it| it["to"] == to).unwrap();
        assert!(sent["text"].as_str().unwrap().contains(message), "{sent}");
    }
}

#[tokio::test]
async fn p2_a_language_that_is_chosen_stays_and_the_page_with_it() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let chosen = person.open(&format!("{}&lang=zh-Hant", page.address)).await;
    assert_eq!(chosen.redirects, std::slice::from_ref(&page.address));
    assert_eq!((chosen.name(), chosen.language()), ("sign-in-code", "zh-Hant"));
    assert_eq!(person.open("/sign-up").await.language(), "zh-Hant");
    assert_eq!(person.open("/sign-up?lang=en").await.language(), "en");
}

#[tokio::test]
async fn other_languages_and_addresses_are_not_taken() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    for lang in ["", "xx", "EN", "zh", "%00", "%0d%0aSet-Cookie:%20a=b", "//evil.test"] {
        let page = person.open(&format!("/sign-in?lang={lang}")).await.is("sign-in", 200);
        assert_eq!((page.redirects.len(), page.language()), (0, "en"), "{lang}");
    }
    let page = person.open("/sign-in?f=%0d%0aX:y&lang=zh-Hans&x=//evil.test").await;
    assert_eq!(page.redirects, ["/sign-in?f=%0D%0AX%3Ay&x=%2F%2Fevil.test"]);
    assert_eq!(page.language(), "zh-Hans");
}

/// The names of countries follow the language; what was chosen and typed stays.
#[tokio::test]
async fn p4_the_chosen_country_and_the_number_as_typed_stay_with_the_flow() {
    let service = service(&[("phone.countries", "CN,HK")]).await;
    let (person, number) = (Plain::reading(&service, "zh-CN"), "5123 4567");
    let page = person.open("/sign-in").await.is("sign-in", 200);
    assert_eq!(page.value("country").as_deref(), Some("CN"), "the first one is the default");
    let names: Vec<_> = page.tags().iter().filter(|tag| tag.name == "option").collect();
    assert_eq!(names.len(), 2);
    assert!(names[0].text.starts_with("中国"), "{names:?}");
    let typed = [("country", "HK"), ("mobile", number), ("picture", "")];
    let page = person.send(&page, &typed).await.is("sign-in", 422);
    assert_eq!(page.value("country").as_deref(), Some("HK"));
    let page = person.send(&page, &[("picture", "abcd2")]).await.is("sign-in-code", 200);
    assert!(page.html.contains("+852"), "{}", page.html);
    let page = person.open(&page.address.replace("/code", "")).await.is("sign-in", 200);
    assert_eq!(page.value("country").as_deref(), Some("HK"));
    assert_eq!(page.value("mobile").as_deref(), Some(number));
    // A number of another country than the chosen one says so itself.
    let page = person.open("/sign-up").await;
    let typed = [("mobile", "+85261234567"), ("picture", "abcd2")];
    person.send(&page, &typed).await.is("sign-up-code", 200);
}
