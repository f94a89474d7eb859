//! The calls of accounts, each prepared so that it has only to be sent.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{
    call::Call,
    steps::{TEST_ANSWER, code_body, own, proof, send_code, signed_in},
};
use crate::support::{PASSWORD, Person, Service, phone};

const CHANGED: &str = "another horse battery";

/// A visitor, and the body of `POST /api/v1/codes`.
async fn visitors_code(service: &Service, purpose: &str, phone: &str) -> Call {
    let visitor = Person::new(service);
    let body = code_body(&visitor, purpose, phone, TEST_ANSWER).await;
    let call = Call::new(service, &visitor, Method::POST, "/api/v1/codes");
    call.with_body(body).answered(202).recorded("code.sent").telling(1)
}

pub(super) async fn code_to_sign_up(service: &Service) -> Call {
    visitors_code(service, "sign-up", &phone()).await
}

pub(super) async fn code_to_sign_in(service: &Service) -> Call {
    visitors_code(service, "sign-in", &phone()).await
}

pub(super) async fn code_to_reset(service: &Service) -> Call {
    visitors_code(service, "reset", &phone()).await
}

pub(super) async fn code_to_undo(service: &Service) -> Call {
    visitors_code(service, "undo-number", &phone()).await
}

pub(super) async fn code_to_change_number(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let body = code_body(&person, "change-number", &phone(), TEST_ANSWER).await;
    let call = Call::new(service, &person, Method::POST, "/api/v1/codes");
    call.with_body(body).answered(202).recorded("code.sent").telling(1)
}

pub(super) async fn code_to_confirm(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    // The number got a code to sign up just now.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let call = Call::new(service, &person, Method::POST, "/api/v1/codes");
    let body = json!({ "purpose": "confirm" });
    call.with_body(body).answered(202).recorded("code.sent").telling(1)
}

/// `POST /api/v1/users`
pub(super) async fn sign_up(service: &Service) -> Call {
    let (person, phone) = (Person::new(service), phone());
    let mut body = proof(&person, "sign-up", &phone).await;
    body["password"] = json!(PASSWORD);
    let call = Call::new(service, &person, Method::POST, "/api/v1/users");
    call.with_body(body).answered(201).recorded("user.created")
}

/// The same, with the token in the body.
pub(super) async fn sign_up_by_bearer(service: &Service) -> Call {
    let call = sign_up(service).await;
    let mut body = call.body.clone().unwrap();
    body["transport"] = json!("bearer");
    call.with_body(body)
}

/// `POST /api/v1/sessions`
pub(super) async fn sign_in(service: &Service) -> Call {
    let (_, phone) = signed_in(service).await;
    let call = Call::new(service, &Person::new(service), Method::POST, "/api/v1/sessions");
    let body = json!({ "mobile": phone, "password": PASSWORD });
    call.with_body(body).answered(201).recorded("session.begun")
}

/// The same in a browser with a session, which the new one replaces.
pub(super) async fn sign_in_again(service: &Service) -> Call {
    let (person, phone) = signed_in(service).await;
    let call = Call::new(service, &person, Method::POST, "/api/v1/sessions");
    let body = json!({ "mobile": phone, "password": PASSWORD, "remember": true });
    call.with_body(body).answered(201).recorded("session.begun")
}

/// `POST /api/v1/sessions` with a code, which makes an account too.
pub(super) async fn sign_in_by_code(service: &Service) -> Call {
    let (person, phone) = (Person::new(service), phone());
    let body = proof(&person, "sign-in", &phone).await;
    let call = Call::new(service, &person, Method::POST, "/api/v1/sessions");
    call.with_body(body).answered(201).recorded("user.created")
}

/// `POST /api/v1/sessions/continuations`
pub(super) async fn restore(service: &Service) -> Call {
    let (person, phone) = signed_in(service).await;
    let leaving = person.send(own(&person, Method::DELETE, "/api/v1/me")).await;
    assert_eq!(leaving.status, 202, "{leaving:?}");
    let body = json!({ "mobile": phone, "password": PASSWORD });
    let refused = person.send(own(&person, Method::POST, "/api/v1/sessions").json(&body)).await;
    assert_eq!(refused.json()["code"], "account-leaving", "{refused:?}");
    let body = json!({ "continuation": refused.json()["continuation"], "restore": true });
    let call = Call::new(service, &person, Method::POST, "/api/v1/sessions/continuations");
    call.with_body(body).answered(201).recorded("user.restored")
}

/// `DELETE /api/v1/session`
pub(super) async fn sign_out(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let call = Call::new(service, &person, Method::DELETE, "/api/v1/session");
    call.answered(204).recorded("session.ended")
}

/// `POST /api/v1/session/confirmations`: without a key the old token is refused.
pub(super) async fn confirm(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let call = Call::new(service, &person, Method::POST, "/api/v1/session/confirmations");
    call.with_body(json!({ "password": PASSWORD })).recorded("session.confirmed")
}

/// The same with a code, by an account without a password.
pub(super) async fn confirm_by_code(service: &Service) -> Call {
    let (person, phone) = (Person::new(service), phone());
    let body = proof(&person, "sign-up", &phone).await;
    let reply = person.send(own(&person, Method::POST, "/api/v1/users").json(&body)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let sent = send_code(&person, &json!({ "purpose": "confirm" })).await;
    let code = person.codes_of(&phone).await.remove(0);
    let call = Call::new(service, &person, Method::POST, "/api/v1/session/confirmations");
    let body = json!({ "code_id": sent["code_id"], "code": code });
    call.with_body(body).recorded("session.confirmed")
}

/// `PATCH /api/v1/me`
pub(super) async fn rename(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let call = Call::new(service, &person, Method::PATCH, "/api/v1/me");
    call.with_body(json!({ "nick_name": "小明" })).recorded("user.renamed")
}

/// `PUT /api/v1/me/password`: without a key the old token is refused, and the old password is wrong.
pub(super) async fn change_password(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let call = Call::new(service, &person, Method::PUT, "/api/v1/me/password");
    let body = json!({ "current": PASSWORD, "password": CHANGED });
    call.with_body(body).recorded("password.changed").telling(1)
}

/// The same by an application.
pub(super) async fn change_password_by_bearer(service: &Service) -> Call {
    change_password(service).await.by_bearer()
}

/// `DELETE /api/v1/me/password`
pub(super) async fn remove_password(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let call = Call::new(service, &person, Method::DELETE, "/api/v1/me/password");
    call.recorded("password.changed").telling(1)
}

/// `PUT /api/v1/me/mobile`
pub(super) async fn change_number(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let body = proof(&person, "change-number", &phone()).await;
    let call = Call::new(service, &person, Method::PUT, "/api/v1/me/mobile");
    call.with_body(body).recorded("number.changed").telling(1)
}

/// `POST /api/v1/number-undos`
pub(super) async fn undo_number(service: &Service) -> Call {
    let (person, former) = signed_in(service).await;
    let body = proof(&person, "change-number", &phone()).await;
    let changed = person.send(own(&person, Method::PUT, "/api/v1/me/mobile").json(&body)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let visitor = Person::new(service);
    let body = proof(&visitor, "undo-number", &former).await;
    let call = Call::new(service, &visitor, Method::POST, "/api/v1/number-undos");
    call.with_body(body).recorded("number.undone").telling(1)
}

/// `POST /api/v1/password-resets`
pub(super) async fn reset_password(service: &Service) -> Call {
    let (_, phone) = signed_in(service).await;
    let visitor = Person::new(service);
    let mut body = proof(&visitor, "reset", &phone).await;
    body["password"] = json!(CHANGED);
    let call = Call::new(service, &visitor, Method::POST, "/api/v1/password-resets");
    call.with_body(body).answered(204).recorded("password.reset").telling(1)
}

/// `DELETE /api/v1/me`
pub(super) async fn leave(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let call = Call::new(service, &person, Method::DELETE, "/api/v1/me");
    call.answered(202).recorded("user.leaving").telling(1)
}
