//! What the store reveals.

use std::fs;

use super::{end_own_session, is_replay};
use crate::support::Service;

#[tokio::test]
async fn idem_7_the_database_holds_neither_key_nor_answer_in_clear() {
    let mut service = Service::start(&[]).await;
    let call = end_own_session(&service).await;
    let reply = call.send().await;
    let cookie = reply.cookie("csrf_token").expect("the answer has a secret");
    let secret = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    is_replay(&call.send().await, &call);
    service.stop().await;

    let mut dump = Vec::new();
    for entry in fs::read_dir(service.folder().path()).unwrap() {
        dump.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| dump.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("idempotency_expires_at_idx"), "the dump is that of the database");
    for (what, text) in [("key", &*call.key), ("cookie", &secret), ("field", "csrf_token=")] {
        assert!(!holds(text), "the {what} is in the database");
    }
}
