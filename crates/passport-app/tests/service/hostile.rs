//! Requests to `/api/v1` that are wrong in every way: a 4xx problem that names the member at fault,
//! nothing written, nothing sent, nothing consumed.

mod bodies;
mod paths;
mod texts;

use futures::{StreamExt, stream};
use reqwest::header;
use serde_json::Value;

use crate::support::{Api, Call, ROOMY, Reply, Service, Tables, every_call, same_rows};

/// A request that is refused, and how.
struct Wrong {
    what: String,
    call: Call,
    body: Vec<u8>,
    media_type: Option<&'static str>,
    status: u16,
    /// Pointer and code of `errors`.
    fault: Option<(String, &'static str)>,
}

impl Wrong {
    /// Sends the request, and asserts its answer.
    async fn is_refused(&self, api: &Api) {
        let mut request = api.head(&self.call).body(self.body.clone());
        if let Some(media_type) = self.media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let reply = Reply::to(request).await.expect("the service answers");
        let what = format!("{} {}: {}", self.call.path, self.what, reply.text());
        assert_eq!(reply.status.as_u16(), self.status, "{what}");
        is_problem(&reply, &what);
        if let Some((pointer, code)) = &self.fault {
            let errors = &reply.json()["errors"];
            assert_eq!(errors[0]["pointer"], **pointer, "{what}");
            assert_eq!(errors[0]["code"], *code, "{what}");
        }
    }
}

/// Asserts that the answer is a problem of a client.
#[track_caller]
fn is_problem(reply: &Reply, what: &str) {
    assert!(reply.status.is_client_error(), "{what}");
    assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
    assert_eq!(reply.header("cache-control"), "no-store", "{what}");
    assert_eq!(reply.json()["status"], reply.status.as_u16(), "{what}");
    assert!(reply.json()["code"].is_string(), "{what}");
}

async fn all_are_refused(api: &Api, wrongs: &[Wrong]) {
    let sends = stream::iter(wrongs).map(|wrong| wrong.is_refused(api));
    sends.buffer_unordered(16).collect::<Vec<_>>().await;
}

#[tokio::test]
async fn api_2_each_member_of_each_call_is_checked_and_nothing_is_done() {
    let service = Service::start(&[&ROOMY[..], &[("log.filter", "info")]].concat()).await;
    let (api, tables) = (Api::new(&service), Tables::of(&service));
    let mut calls = every_call(&api).await;
    let (before, inbox) = (tables.settled(&[]).await, api.inbox().await);
    let mut count = 0;
    for good in &calls {
        let wrongs = bodies::wrong(good);
        all_are_refused(&api, &wrongs).await;
        count += wrongs.len();
        if good.call.body.is_some() {
            bodies::a_truncated_body_does_nothing(&service, good).await;
        }
    }
    assert!(count > 800, "{count} requests");
    let after = tables.settled(&[]).await;
    same_rows(&before, &after);
    assert_eq!(api.inbox().await, inbox, "nothing was sent");

    // Nothing was consumed: each good request still succeeds.
    for good in &mut calls {
        let reply = api.send(&good.call).await;
        assert_eq!(reply.status.as_u16(), good.status, "{}: {}", good.name, reply.text());
        if let Some(token) = serde_json::from_slice::<Value>(&reply.body)
            .ok()
            .and_then(|body| body["token"].as_str().map(str::to_owned))
            && good.call.token.is_some()
        {
            good.call.token = Some(token);
        }
    }

    texts::change_nothing(&service, &api, &calls).await;
}
