use super::{code_page, flow_of, send_number, service, type_code, with_account, wrong_code};
use crate::support::{Account, Api, Plain, TEST_ANSWER, phone};

#[tokio::test]
async fn p14_a_new_number_is_signed_up_and_in_without_a_script() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-in").await.is("sign-in", 200);
    assert_eq!(page.heading(), "Sign in");
    assert_eq!(page.header("cache-control"), "no-store");
    let page = person.send(&page, &[("mobile", &phone), ("picture", TEST_ANSWER)]).await;
    let page = page.is("sign-in-code", 200);
    let masked = format!("{}****{}", &phone[..3], &phone[7..]);
    assert!(page.html.contains(&masked) && !page.html.contains(&phone), "{}", page.html);
    let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    assert_eq!(page.address, "/sign-up/password");
    assert!(person.who_am_i().await.is_some());
    assert!(person.cookies().split("; ").all(|it| !it.starts_with("passport_flow")));
}

#[tokio::test]
async fn a_known_number_is_signed_in() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let page = code_page(&person, "/sign-in", &account.phone).await;
    let page = type_code(&person, &page, &account.phone).await;
    assert_eq!(page.redirects, ["/account"]);
    assert_eq!(person.who_am_i().await.unwrap()["id"], *account.id);
}

#[tokio::test]
async fn a_person_who_is_signed_in_needs_no_page_to_sign_in() {
    let service = service(&[]).await;
    let (person, _) = with_account(&service).await;
    for path in ["/sign-in", "/sign-in/password", "/sign-up"] {
        assert_eq!(person.open(path).await.redirects, ["/account"], "{path}");
    }
    for path in ["/forgot", "/undo-number"] {
        assert_eq!(person.open(path).await.address, path);
    }
}

#[tokio::test]
async fn p8_a_person_who_asks_for_it_stays_signed_in() {
    let service = service(&[]).await;
    for (remember, stays) in [(&[("remember", "yes")][..], true), (&[], false)] {
        let (person, phone) = (Plain::new(&service), phone());
        let page = person.open("/sign-in").await;
        let fields = [&[("mobile", &*phone), ("picture", TEST_ANSWER)], remember].concat();
        let page = person.send(&page, &fields).await;
        let form = page.fill(&[("code", &person.code(&phone).await)]);
        let reply = person.answer(person.post(&form)).await;
        assert_eq!(reply.status, 303);
        let cookie = reply.cookie("passport_session").unwrap();
        assert_eq!(cookie.contains("Max-Age="), stays, "{cookie}");
    }
}

#[tokio::test]
async fn p16_each_fault_is_told_at_its_field_and_nothing_typed_is_lost() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-in").await;
    let first = page.value("challenge").unwrap();
    let page = person.send(&page, &[("remember", "yes"), ("picture", TEST_ANSWER)]).await;
    let page = page.is("sign-in", 422).says("mobile-error", "Enter your mobile number.");
    assert_eq!(page.field("mobile").unwrap().attribute("aria-invalid"), Some("true"));
    assert_eq!(page.value("picture").as_deref(), Some(TEST_ANSWER), "the picture is not spent");
    assert_eq!(page.value("challenge").as_ref(), Some(&first));
    assert_eq!(page.value("remember").as_deref(), Some("yes"));
    let page = person.send(&page, &[("mobile", "12345")]).await.is("sign-in", 422);
    let text = "This is not a mobile number that we can use. Check the digits.";
    let page = page.says("mobile-error", text);
    assert_eq!(page.value("mobile").as_deref(), Some("12345"));
    let page = person.send(&page, &[("mobile", &phone), ("picture", "")]).await;
    let page = page.is("sign-in", 422).says("picture-error", "Type the characters in the picture.");
    assert_eq!(page.value("challenge").as_ref(), Some(&first));
    let page = person.send(&page, &[("picture", "ABCDE")]).await;
    let page = page.is("sign-in", 422);
    let said = "The characters did not match. Here is a new picture.";
    let page = page.says("picture-error", said);
    assert_ne!(page.value("challenge").as_ref(), Some(&first), "a wrong answer spends the picture");
    assert_eq!(page.value("picture").as_deref(), Some(""));
    let page = person.send(&page, &[("picture", TEST_ANSWER)]).await;
    page.is("sign-in-code", 200);
}

/// The same with pictures that accept their own answer only.
#[tokio::test]
async fn p16_a_typing_error_that_the_page_can_see_does_not_spend_the_picture() {
    let service = service(&[("captcha.test_answer", "")]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-in").await;
    let first = page.value("challenge");
    let page = person.send(&page, &[("mobile", &phone), ("picture", "34!69")]).await;
    let page = page.is("sign-in", 422);
    let page = page.says("picture-error", "No picture contains “!”. Look again.");
    let page = person.send(&page, &[("picture", "34")]).await.is("sign-in", 422);
    let page = page.says("picture-error", "The picture has 5 characters.");
    assert_eq!(page.value("challenge"), first);
}

#[tokio::test]
async fn another_picture_is_had_by_a_button_and_nothing_typed_is_lost() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in").await;
    let fields = [("mobile", "1380013"), ("remember", "yes"), ("act", "renew")];
    let renewed = person.send(&page, &fields).await.is("sign-in", 200);
    assert_ne!(renewed.value("challenge"), page.value("challenge"));
    assert_eq!(renewed.value("mobile").as_deref(), Some("1380013"));
    assert_eq!(renewed.value("remember").as_deref(), Some("yes"));
    assert!(renewed.errors().is_empty());
    let path = format!("/api/v1/challenges/{}/image", renewed.value("challenge").unwrap());
    assert!(renewed.html.contains(&path));
    let picture = person.answer(person.request(reqwest::Method::GET, &path)).await;
    assert_eq!(picture.header("content-type"), "image/png");
}

#[tokio::test]
async fn a_wrong_code_is_told_with_the_tries_that_are_left() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let page = person.send(&page, &[("code", "")]).await.is("sign-in-code", 422);
    let page = page.says("code-error", "Enter the code from the text message.");
    for typed in ["12345", "1234567", "12a456"] {
        let page = person.send(&page, &[("code", typed)]).await.is("sign-in-code", 422);
        page.says("code-error", "The code has 6 digits.");
    }
    let wrong = wrong_code(&person, &phone).await;
    let mut said = Vec::new();
    let mut page = page;
    while said.len() < 10 && page.status != 410 {
        page = person.send(&page, &[("code", wrong)]).await;
        said.push(page.errors().remove(0).1);
    }
    let told = |number| format!("This is not the code that we sent. You have {number} more tries.");
    assert_eq!(said[0], told(4), "errors of form cost no try");
    assert_eq!(said[3], "This is not the code that we sent. You have one more try.");
    assert_eq!(said[4], "This code no longer works. Ask for a new one.");
    assert_eq!(said.len(), 5);
}

#[tokio::test]
async fn codes_are_read_as_people_type_them() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let code = person.code(&phone).await;
    let typed = format!(" {} {} ", &code[..3], &code[3..]);
    assert_eq!(person.send(&page, &[("code", &typed)]).await.address, "/sign-up/password");
}

/// A number whose owner has to choose a password first.
#[tokio::test]
async fn a_number_without_an_account_is_sent_to_sign_up_where_accounts_need_a_password() {
    let service = service(&[("account.passwordless", "false")]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let flow = flow_of(&page).to_owned();
    let page = type_code(&person, &page, &phone).await.is("outcome", 410);
    assert_eq!(page.heading(), "No account");
    assert!(page.html.contains("This number has no account."), "{}", page.html);
    let next = format!("/sign-up?f={flow}");
    assert!(page.links().contains(&&*next), "{:?}", page.links());
    // A reload, and the way back, show the same.
    person.open(&format!("/sign-in/code?f={flow}")).await.is("outcome", 410);
    let page = person.open(&next).await.is("sign-up", 200);
    assert_eq!(page.value("mobile").as_ref(), Some(&phone));
}

#[tokio::test]
async fn a_closed_service_says_so() {
    let service = service(&[("account.sign_up", "closed")]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = person.open("/sign-in").await;
    assert!(!page.links().contains(&"/sign-up"), "{:?}", page.links());
    let page = code_page(&person, "/sign-in", &phone).await;
    let page = type_code(&person, &page, &phone).await.is("outcome", 403);
    assert!(page.html.contains("This service accepts no new accounts."));
    for page in [person.open("/sign-up").await, send_to_sign_up(&person).await] {
        let page = page.is("outcome", 403);
        assert_eq!(
            (page.heading(), page.links().contains(&"/sign-in")),
            ("No new accounts".into(), true)
        );
    }
}

async fn send_to_sign_up(person: &Plain) -> crate::support::Shown {
    let mut form = person.open("/sign-in").await.fill(&[("mobile", &phone())]);
    "/sign-up".clone_into(&mut form.action);
    person.submit(&form).await
}

#[tokio::test]
async fn a_disabled_account_is_told_after_the_proof_only() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let file = service.folder().path().join("passport.db");
    disable(&file, &account.id);
    let person = Plain::new(&service);
    let page = code_page(&person, "/sign-in", &account.phone).await;
    let page = type_code(&person, &page, &account.phone).await.is("outcome", 403);
    assert_eq!(page.heading(), "Account disabled");
    let page = person.open("/sign-in/password").await;
    let typed = [("mobile", &*account.phone), ("password", crate::support::PASSWORD)];
    let page = person.send(&page, &typed).await.is("sign-in-password", 403);
    page.says("", "This account is disabled. Ask the operator of this site.");
    let page = person.open("/sign-in/password").await;
    let typed = [("mobile", &*account.phone), ("password", "not the password")];
    let page = person.send(&page, &typed).await.is("sign-in-password", 401);
    page.says("password-error", "The number or the password is wrong.");
}

fn disable(file: &std::path::Path, id: &str) {
    use diesel::{
        Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
        sql_types::Binary,
    };
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    let id = uuid::Uuid::parse_str(id).unwrap();
    let query = sql_query(
        "UPDATE users SET standing = 1, standing_since = created_at, epoch = epoch + 1 WHERE id = ?",
    );
    let changed = query.bind::<Binary, _>(id.as_bytes().as_slice()).execute(&mut database);
    assert_eq!(changed, Ok(1));
}

/// The number can be corrected, and the wait for another code is that of the number it was sent to.
#[tokio::test]
async fn p6_the_wait_belongs_to_the_number_that_the_code_was_sent_to() {
    let service = service(&[("sms_code.resend_after", "60s")]).await;
    let (person, wrong, right) = (Plain::new(&service), phone(), phone());
    let page = code_page(&person, "/sign-in", &wrong).await;
    let back = format!("/sign-in?f={}", flow_of(&page));
    assert!(page.links().contains(&&*back));
    let page = person.open(&back).await.is("sign-in", 200);
    assert_eq!(page.value("mobile").as_ref(), Some(&wrong));
    let masked = format!("{}****{}", &wrong[..3], &wrong[7..]);
    let note = page.note().unwrap();
    assert!(note.starts_with(&format!("A code was sent to {masked}. Enter the code")), "{note}");
    assert!(note.contains(&format!("Another one can be sent to {masked} in ")), "{note}");
    let page = person.send(&page, &[("mobile", &wrong), ("picture", TEST_ANSWER)]).await;
    let page = page.is("sign-in", 429);
    assert!(page.errors()[0].1.starts_with("A code was just sent to this number."));
    assert_eq!(page.errors()[0].0, "mobile-error");
    assert!((1..=60).contains(&page.header("retry-after").parse::<u64>().unwrap()));
    let page = person.send(&page, &[("mobile", &right)]).await.is("sign-in-code", 200);
    assert!(page.html.contains(&right[7..]));
    assert_eq!(format!("/sign-in?f={}", flow_of(&page)), back, "the flow is the same");
    type_code(&person, &page, &right).await.is("sign-up-password", 200);
}

#[tokio::test]
async fn a_number_that_was_given_up_is_kept_back_for_its_account() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    api.done(account.number_change(&api, &phone()).await).await;
    let person = Plain::new(&service);
    let page = code_page(&person, "/sign-in", &account.phone).await;
    let flow = flow_of(&page).to_owned();
    let page = type_code(&person, &page, &account.phone).await.is("outcome", 409);
    assert_eq!(page.heading(), "This number is kept back");
    let next = format!("/undo-number?f={flow}");
    assert!(page.links().contains(&&*next), "{:?}", page.links());
    let page = person.open(&next).await.is("undo-number", 200);
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
    send_number(&person, &next, &account.phone).await.is("undo-number-code", 200);
}
