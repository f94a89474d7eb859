//! What an operator decides about accounts.

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, ROOMY, Service, Visitor, phone};

#[tokio::test]
async fn a_closed_sign_up_lets_existing_accounts_in_only() {
    let mut open = roomy(&[]).await;
    let (folder, member) = (open.folder().clone(), phone());
    Visitor::new(&open, By::Bearer).sign_up(&member, Some(PASSWORD)).await;
    assert!(open.stop().await.success());
    let settings = [&ROOMY[..], &[("account.sign_up", "closed")]].concat();
    let closed = Service::start_in(&folder, &settings).await;
    for by in By::BOTH {
        let (visitor, new) = (Visitor::new(&closed, by), phone());
        let body = visitor.code("sign-up", &new).await;
        is_problem(&visitor.enter("/users", body).await, 403, "sign-up-closed");
        is_problem(&visitor.sign_in_by_code(&new).await, 403, "sign-up-closed");
        is_done(&visitor.sign_in_by_code(&member).await, 201);
        is_done(&visitor.sign_in(&member, PASSWORD).await, 201);
    }
}

#[tokio::test]
async fn without_passwordless_accounts_a_password_is_required() {
    let service = roomy(&[("account.passwordless", "false")]).await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        let mut body = visitor.code("sign-up", &phone).await;
        let reply = visitor.enter("/users", body.clone()).await;
        is_problem(&reply, 400, "body-invalid");
        assert_eq!(reply.json()["errors"][0]["pointer"], "/password");
        body["password"] = PASSWORD.into();
        is_done(&visitor.enter("/users", body).await, 201);
        visitor.sign_in(&phone, PASSWORD).await;
        let reply = visitor.delete("/me/password").await;
        is_problem(&reply, 422, "password-refused");
        assert_eq!(reply.json()["reason"], "required");
        is_done(&visitor.sign_in_by_code(&phone).await, 201);
        // A sign-in by code makes no account without a password.
        let reply = visitor.sign_in_by_code(&crate::support::phone()).await;
        is_problem(&reply, 404, "no-account");
        assert_eq!(reply.json()["next"], "sign-up");
    }
}
