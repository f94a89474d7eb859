//! Texts that are well typed and hostile, in each member of each call.

use super::is_problem;
use crate::support::{Api, Call, GoodCall, Service, Tables, same_rows};

/// Rows of limits, of tries and of refusals, which wrong requests are meant to write.
const COUNTS: [&str; 4] = ["throttle_hits", "failures", "codes", "audit_events"];

/// Sends `calls`, whose codes and passwords have been used, with hostile texts.
pub(super) async fn change_nothing(service: &Service, api: &Api, calls: &[GoodCall]) {
    let tables = Tables::of(service);
    let (before, inbox) = (tables.settled(&COUNTS).await, api.inbox().await);
    let long = "x".repeat(10_000);
    let texts = [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{202e}1",
        "\u{2066}\u{2069}",
        "\u{feff}",
        "\u{fffe}",
        "\u{7f}\u{9b}31m",
        "\u{e0001}",
        "a\r\nSet-Cookie: a=b",
        &long,
    ];
    for good in calls {
        for call in hostile(&good.call, &texts) {
            let reply = api.send(&call).await;
            let what = format!("{}: {call:?}: {}", good.name, reply.text());
            let what: String = what.chars().take(900).collect();
            if good.name == "introspect" {
                assert_eq!(reply.text(), r#"{"active":false}"#, "{what}");
            } else {
                is_problem(&reply, &what);
            }
        }
    }
    let after = tables.settled(&COUNTS).await;
    same_rows(&before, &after);
    assert_eq!(api.inbox().await, inbox, "nothing was sent");
    assert_eq!(api.send(&Call::new(reqwest::Method::POST, "/challenges")).await.status, 201);
}

/// `call` with each of `texts` in each of its members that is a text.
fn hostile(call: &Call, texts: &[&str]) -> Vec<Call> {
    let Some(body) = &call.body else { return Vec::new() };
    let members = body.as_object().unwrap();
    let top = members.iter().filter(|it| it.1.is_string()).map(|(name, _)| format!("/{name}"));
    let nested = ["/challenge/id", "/challenge/answer"].map(str::to_owned);
    let pointers = top.chain(nested.into_iter().filter(|it| body.pointer(it).is_some()));
    let calls = pointers.flat_map(|pointer| {
        texts.iter().map(move |text| {
            let mut call = call.clone();
            let member = call.body.as_mut().and_then(|body| body.pointer_mut(&pointer));
            *member.unwrap() = (*text).into();
            call
        })
    });
    calls.collect()
}
