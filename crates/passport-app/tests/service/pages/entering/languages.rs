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
