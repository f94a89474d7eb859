use super::{name_of, service, with_password};

#[tokio::test]
async fn a_person_is_renamed() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let page = person.open("/account/name").await.is("account-name", 200);
    assert_eq!(page.value("nick_name"), Some(name_of(&person).await));
    let page = person.send(&page, &[("nick_name", "  Zoe\u{308} <b> ")]).await.is("account", 200);
    assert_eq!(page.address, "/account");
    assert_eq!(page.note().as_deref(), Some("Your name was changed."));
    assert_eq!(page.heading(), "Zo\u{eb} <b>");
    assert!(page.html.contains("Zo\u{eb} &lt;b&gt;"));
    assert_eq!(name_of(&person).await, "Zo\u{eb} <b>");
    assert_eq!(person.open("/account").await.note(), None, "a note is told once");
}

#[tokio::test]
async fn each_refusal_of_a_name_stands_at_its_field() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let before = name_of(&person).await;
    for (name, expected) in [
        ("", "Enter a name."),
        ("  ", "Enter a name."),
        (&*"a".repeat(33), "The name is too long. It can have 32 characters."),
        ("a\u{202e}b", "The name contains characters that cannot be seen. Type it again."),
        ("138 0013 8000", "The name must not be a phone number."),
    ] {
        let page = person.open("/account/name").await;
        let page = person.send(&page, &[("nick_name", name)]).await.is("account-name", 422);
        let page = page.says("nick_name-error", expected);
        let field = page.field("nick_name").unwrap();
        assert_eq!(field.attribute("aria-invalid"), Some("true"));
        let described = field.attribute("aria-describedby").unwrap();
        assert!(described.starts_with("nick_name-error"), "{described}");
        assert_eq!(page.value("nick_name").as_deref(), Some(name.trim()), "it is kept");
    }
    assert_eq!(name_of(&person).await, before);
}

#[tokio::test]
async fn renames_are_limited() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    for number in 0..10 {
        let page = person.open("/account/name").await;
        let name = format!("name {number}");
        person.send(&page, &[("nick_name", &name)]).await.is("account", 200);
    }
    let page = person.open("/account/name").await;
    let page = person.send(&page, &[("nick_name", "one more")]).await.is("account-name", 429);
    assert!(
        page.errors()[0].1.starts_with("Too many requests. Try again in"),
        "{:?}",
        page.errors()
    );
    assert!(page.header("retry-after").parse::<u32>().unwrap() > 60);
    assert_eq!(page.value("nick_name").as_deref(), Some("one more"));
    assert_eq!(name_of(&person).await, "name 9");
}
