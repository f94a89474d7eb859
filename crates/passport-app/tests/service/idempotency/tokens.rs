//! New session tokens in answers that were lost.

use reqwest::Method;
use serde_json::json;

use super::{
    change_password, confirm, is_replay, is_replayed, sign_up_by_bearer, steps::signed_in,
};
use crate::support::{PASSWORD, Person, Reply, Service};

const SESSION: &str = "/api/v1/session";

/// Asserts that a client which gets `reply` is signed in by each token in it.
pub(super) async fn of_the_answer_work(service: &Service, reply: &Reply) {
    for field in tokens(reply) {
        let anonymous = Person::new(service);
        let request = anonymous.request(Method::GET, SESSION).header(field.0, &field.1);
        let shown = anonymous.send_bare(request).await;
        assert_eq!(shown.status, 200, "{} {shown:?}", field.0);
    }
}

/// The header fields with which the tokens of `reply` are sent.
fn tokens(reply: &Reply) -> Vec<(&'static str, String)> {
    let cookie = reply.cookie("passport_session").map(|cookie| {
        let pair = cookie.split(';').next().unwrap().to_owned();
        ("Cookie", pair)
    });
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let bearer = json["token"].as_str().map(|token| ("Authorization", format!("Bearer {token}")));
    let given = cookie.into_iter().chain(bearer);
    given.filter(|(_, value)| !value.ends_with('=')).collect()
}

#[tokio::test]
async fn idem_11_the_old_token_gets_the_answer_with_the_new_one() {
    let service = Service::start(&[]).await;
    for call in [change_password(&service).await, confirm(&service).await] {
        call.send_and_lose_the_answer(&service).await;
        // All that the client has is the old token, which is dead.
        let other = call.clone().anew().send().await;
        assert_eq!((other.status.as_u16(), is_replayed(&other)), (401, false), "{other:?}");
        let reply = call.send().await;
        is_replay(&reply, &call);
        assert_eq!(tokens(&reply).len(), 1, "{reply:?}");
        of_the_answer_work(&service, &reply).await;
    }
    let call = sign_up_by_bearer(&service).await;
    call.send_and_lose_the_answer(&service).await;
    assert_eq!(tokens(&call.send().await).len(), 1);
    let call = confirm(&service).await.by_bearer();
    call.send_and_lose_the_answer(&service).await;
    assert_eq!(tokens(&call.send().await)[0].0, "Authorization");
}

/// A client that is no browser proves its page by the token in its cookie, which is bound to the old
/// session.
#[tokio::test]
async fn idem_11_the_csrf_token_of_the_old_session_is_enough_for_a_repeat() {
    let service = Service::start(&[]).await;
    let (person, _) = signed_in(&service).await;
    let token = |name: &str| person.cookie(name).unwrap();
    let (session, csrf) = (token("passport_session"), token("csrf_token"));
    let body = json!({ "current": PASSWORD, "password": "another horse battery" });
    let send = async || {
        let request = person.request(Method::PUT, "/api/v1/me/password").json(&body);
        let request = request.header("Idempotency-Key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
        let cookies = format!("passport_session={session}; csrf_token={csrf}");
        person.send_bare(request.header("Cookie", cookies).header("X-CSRFToken", &csrf)).await
    };
    let first = send().await;
    assert_eq!((first.status.as_u16(), is_replayed(&first)), (200, false), "{first:?}");
    let repeat = send().await;
    assert_eq!((repeat.status.as_u16(), is_replayed(&repeat)), (200, true), "{repeat:?}");
    assert_eq!(first.cookie("passport_session"), repeat.cookie("passport_session"));
}
