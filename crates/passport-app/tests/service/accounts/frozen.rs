//! `/passport/*`, whose clients know no account without a password, disabled or to be deleted.

use serde_json::json;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Person, Tables, Visitor, phone};

const WRONG: (&str, &str) = ("4004", "手机号或密码错误");

#[tokio::test]
async fn accounts_that_cannot_sign_in_by_password_have_wrong_credentials() {
    let service = roomy(&[]).await;
    let numbers @ [passwordless, leaving, disabled] = &[(); 3].map(|()| phone());
    let visitor = Visitor::new(&service, By::Bearer);
    visitor.sign_up(passwordless, None).await;
    visitor.sign_up(disabled, Some(PASSWORD)).await;
    visitor.sign_up(leaving, Some(PASSWORD)).await;
    is_done(&visitor.sign_in(leaving, PASSWORD).await, 201);
    is_done(&visitor.delete("/me").await, 202);
    let disabling = format!(
        "UPDATE users SET standing = 1, standing_since = created_at, epoch = epoch + 1 WHERE id = \
         (SELECT user_id FROM user_phones WHERE phone = '+86{disabled}') RETURNING 'x' AS line"
    );
    assert_eq!(Tables::of(&service).lines(&disabling).await, ["x"]);
    for number in numbers {
        let person = Person::new(&service);
        for password in [PASSWORD, "wrong password"] {
            let reply = person.login(number, password).await;
            reply.says(WRONG.0, WRONG.1);
            assert_eq!(reply.cookie("passport_session"), None);
        }
    }
}

#[tokio::test]
async fn both_apis_sign_in_to_the_same_accounts() {
    let service = roomy(&[]).await;
    let (person, visitor) = (Person::new(&service), Visitor::new(&service, By::Bearer));
    let [old, new] = [(); 2].map(|()| phone());
    person.sign_up(&old, PASSWORD).await;
    visitor.sign_up(&new, Some(PASSWORD)).await;
    is_done(&visitor.sign_in(&old, PASSWORD).await, 201);
    is_done(&visitor.sign_in_by_code(&old).await, 201);
    person.sign_in(&new, PASSWORD).await;
    // A session of the frozen API is ended by the new one.
    let body = json!({ "current": PASSWORD, "password": "another good password" });
    is_done(&visitor.sign_in(&new, PASSWORD).await, 201);
    is_done(&visitor.put("/me/password", body).await, 200);
    assert!(person.who_am_i().await.is_none());
    person.login(&new, PASSWORD).await.says(WRONG.0, WRONG.1);
    person.sign_in(&new, "another good password").await;
}

#[tokio::test]
async fn codes_of_the_two_apis_are_not_interchangeable() {
    let service = roomy(&[]).await;
    let (person, visitor, phone) =
        (Person::new(&service), Visitor::new(&service, By::Bearer), phone());
    let frozen = person.request_code(&phone).await;
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    let guess = json!({ "mobile": phone, "code_id": id, "code": frozen });
    for path in ["/users", "/sessions"] {
        is_problem(&visitor.enter(path, guess.clone()).await, 410, "code-gone");
    }
    let body = visitor.code("sign-up", &phone).await;
    let mut mixed = body.clone();
    mixed["code"] = frozen.clone().into();
    if frozen != body["code"] {
        let bound = body["code"].as_str().unwrap();
        person.register(&phone, bound, PASSWORD).await.says("4004", "短信验证码错误");
        is_problem(&visitor.enter("/users", mixed).await, 422, "code-wrong");
    }
    // Each is good where it was requested.
    person.register(&phone, &frozen, PASSWORD).await.says("0", "用户注册成功");
    is_problem(&visitor.enter("/users", body).await, 409, "number-taken");
}
