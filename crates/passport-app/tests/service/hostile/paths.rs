//! Methods, ids in paths and query strings.

use reqwest::Method;
use uuid::Uuid;

use super::is_problem;
use crate::support::{Account, Api, Call, ROOMY, Service, Tables, same_rows};

/// Every path, with the header `Allow` of its refusals.
const ALLOWED: [(&str, &str); 16] = [
    ("/challenges", "POST"),
    ("/challenges/x/image", "GET, HEAD"),
    ("/challenges/x/audio", "GET, HEAD"),
    ("/codes", "POST"),
    ("/users", "POST"),
    ("/session", "GET, HEAD, DELETE"),
    ("/session/confirmations", "POST"),
    ("/sessions", "GET, HEAD, POST, DELETE"),
    ("/sessions/continuations", "POST"),
    ("/me", "GET, HEAD, PATCH, DELETE"),
    ("/me/events", "GET, HEAD"),
    ("/me/export", "GET, HEAD"),
    ("/me/mobile", "PUT"),
    ("/me/password", "PUT, DELETE"),
    ("/number-undos", "POST"),
    ("/password-resets", "POST"),
];

#[tokio::test]
async fn api_2_a_wrong_method_is_a_405_that_lists_the_right_ones() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let (tables, id) = (Tables::of(&service), format!("/sessions/{}", Uuid::new_v4()));
    let before = tables.settled(&[]).await;
    for (path, allowed) in ALLOWED.into_iter().chain([(&*id, "DELETE")]) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE"] {
            if allowed.split(", ").any(|it| it == method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let call = Call::new(method, path).by(&account.token);
            for call in [Call { token: None, ..call.clone() }, call] {
                let reply = api.send(&call).await;
                assert_eq!(reply.status, 405, "{call:?}");
                assert_eq!(reply.header("allow"), allowed, "{call:?}");
                is_problem(&reply, path);
            }
        }
    }
    same_rows(&before, &tables.settled(&[]).await);
}

#[tokio::test]
async fn api_2_ids_that_were_not_issued_and_paths_that_do_not_exist_are_problems() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let (long, unknown) = ("f".repeat(3_000), Uuid::new_v4().to_string());
    let ids = [&*unknown, "x", "%00", "%ff%fe", "%2e%2e", "1%2f2", "%e2%80%ae", "-1", "'--", &long];
    let mut calls = Vec::new();
    for id in ids {
        calls.push(Call::new(Method::DELETE, &format!("/sessions/{id}")).by(&account.token));
        for kind in ["image", "audio"] {
            calls.push(Call::new(Method::GET, &format!("/challenges/{id}/{kind}")));
        }
    }
    for path in
        ["", "/", "/nothing", "/me/", "//me", "/ME", "/me/nothing", "/sessions/x/y", "/me%2fexport"]
    {
        calls.push(Call::new(Method::GET, path).by(&account.token));
    }
    for call in calls {
        let reply = api.send(&call).await;
        assert_eq!(reply.status, 404, "{call:?}: {}", reply.text());
        is_problem(&reply, &call.path);
    }
    assert!(api.is_signed_in(&account.token).await);
}

#[tokio::test]
async fn api_2_a_hostile_query_of_the_history_is_refused_or_finds_nothing_of_others() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let get = |query: &str| {
        let call = Call::new(Method::GET, &format!("/me/events?{query}")).by(&account.token);
        let api = api.clone();
        async move { api.send(&call).await }
    };
    let (long, id) = (format!("after={}", "f".repeat(3_000)), Uuid::new_v4());
    let doubled = format!("after={id}&after={id}");
    for query in [
        "after=",
        "after=x",
        "after=%00",
        "after=%ff",
        "after=-1",
        "after=null",
        "after=1%20OR%201",
        "after=00000000-0000-0000-0000-00000000000g",
        &doubled,
        &long,
    ] {
        is_problem(&get(query).await, query);
    }
    for query in
        [&*format!("after={}", Uuid::nil()), &format!("after={}", Uuid::max()), "other=1", "&&"]
    {
        let reply = get(query).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    }
    // Nothing of the history of another person, whatever the place in it.
    let other = Account::with_password(&api).await;
    let of_other = api.done(Call::new(Method::GET, "/me/events").by(&other.token)).await.json();
    let theirs: Vec<_> =
        of_other["events"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert!(!theirs.is_empty());
    for id in &theirs {
        let shown = get(&format!("after={}", id.as_str().unwrap())).await.json();
        let shown = shown["events"].as_array().unwrap().clone();
        assert!(shown.iter().all(|event| !theirs.contains(&event["id"])), "{shown:?}");
    }
}
