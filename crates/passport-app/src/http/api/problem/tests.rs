use std::collections::HashSet;

use actix_web::body::to_bytes;
use passport_throttle::{Policy, Quota};
use serde_json::json;

use super::*;

/// The table of `docs/problems.md`.
fn table() -> String {
    let rows = Code::ALL.iter().map(|code| {
        let row = code.row();
        format!(
            "| `{}` | {} | {} | {} | {} |\n",
            row.slug,
            row.status.as_u16(),
            row.errno.as_str(),
            row.title,
            row.when
        )
    });
    let head = "| `code` | status | `errno` | `title` | when |\n|---|---|---|---|---|\n";
    head.to_owned() + &rows.collect::<String>()
}

#[test]
fn the_documentation_lists_every_problem_as_it_is_answered() {
    let document = include_str!("../../../../../../docs/problems.md");
    let documented: String = document
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert!(documented == table(), "the table of docs/problems.md must be:\n{}", table());
}

#[test]
fn api_1_codes_are_distinct_and_status_codes_are_errors() {
    let slugs: HashSet<_> = Code::ALL.iter().map(|code| code.row().slug).collect();
    assert_eq!(slugs.len(), Code::ALL.len());
    for code in Code::ALL {
        let row = code.row();
        assert!(row.status.is_client_error() || row.status.is_server_error(), "{code:?}");
        assert!(row.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        assert!(!row.title.ends_with('.') && row.when.ends_with('.'), "{code:?}");
    }
}

async fn body(problem: &Problem) -> Value {
    let bytes = to_bytes(problem.error_response().into_body()).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[actix_web::test]
async fn api_1_a_problem_has_the_members_of_its_row_and_its_extensions() {
    let problem = Problem::from(Code::BodyInvalid).with("errors", json!([1]));
    let expected = json!({
        "type": "/problems/body-invalid",
        "title": "The request body is invalid",
        "status": 400,
        "code": "body-invalid",
        "errno": "4103",
        "errors": [1],
    });
    assert_eq!(body(&problem).await, expected);
    assert_eq!(problem.to_string(), "body-invalid");
}

#[actix_web::test]
async fn rl_7_a_reached_limit_tells_its_policy_and_the_wait_rounded_up() {
    let refusal = Refusal {
        policy: Policy::new("codes"),
        quota: Quota::new(5, Duration::from_mins(1)).unwrap(),
        retry_after: Duration::from_millis(1_001),
    };
    let response = Problem::from(Denied::TooMany(refusal)).error_response();
    let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(header("retry-after"), "2");
    assert_eq!(header("ratelimit-policy"), "\"codes\";q=5;w=60");
    assert_eq!(header("ratelimit"), "\"codes\";r=0;t=2");
}

#[test]
fn a_busy_service_tells_when_to_retry() {
    let denied = Denied::Busy { retry_after: Duration::from_millis(1_500) };
    let response = Problem::from(denied).error_response();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers().get("retry-after").unwrap(), "2");
}

#[test]
fn every_401_names_the_scheme_of_tokens() {
    for code in Code::ALL {
        let response = Problem::from(*code).error_response();
        let scheme = response.headers().get("www-authenticate").map(|it| it.to_str().unwrap());
        let expected = (response.status() == 401).then_some("Bearer realm=\"passport\"");
        assert_eq!(scheme, expected, "{code:?}");
    }
}
