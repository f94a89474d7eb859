//! What documents say about webhooks is what is sent.

use std::{collections::BTreeSet, fs};

use passport_webhooks::{EventType, Source, UNREPORTED_LIMITS};
use serde_json::Value;
use tempfile::tempdir;

use super::shop;
use crate::support::{Account, Api, run};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn read(path: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{path}")).unwrap()
}

/// The first column of the table of events, and the causes in the third one.
#[test]
fn hook_18_the_page_lists_every_event_and_its_causes() {
    let page = read("docs/webhooks.md");
    let quoted = |text: &str| -> BTreeSet<String> {
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut listed = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let Some(event_type) = EventType::from_name(cells[0].trim_matches('`')) else { continue };
        listed.insert(event_type);
        let sources = event_type.sources();
        let kinds: BTreeSet<_> =
            sources.iter().filter_map(|it| it.kind).map(|it| it.as_str().to_owned()).collect();
        let rules: BTreeSet<_> =
            sources.iter().filter_map(|it| it.rule).map(str::to_owned).collect();
        let said = quoted(cells[2]);
        assert!(said.is_superset(&kinds), "{event_type}: {said:?}, but {kinds:?}");
        if event_type == EventType::GatewayFailed {
            assert!(quoted(row).is_superset(&rules), "{row}, but {rules:?}");
        }
    }
    assert_eq!(listed, EventType::ALL.iter().copied().collect());
}

/// A new limit has to be reported, or said not to be.
#[test]
fn hook_19_every_limit_is_reported_or_not() {
    let source = read("crates/passport-auth/src/limits.rs");
    let names = source.split("Policy::new(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let rules: BTreeSet<_> = EventType::LimitReached
        .sources()
        .into_iter()
        .filter_map(|Source { rule, .. }| rule)
        .chain(UNREPORTED_LIMITS)
        .collect();
    let mut count = 0;
    for name in names {
        assert!(rules.contains(name), "{name}: add it to passport-webhooks/src/event_type.rs");
        count += 1;
    }
    // `stopped` is no policy.
    assert_eq!(count + 1, rules.len());
}

/// The OpenAPI document describes every event, and what arrives is as it says.
#[tokio::test]
async fn hook_20_the_api_document_describes_what_arrives() {
    let (service, receiver) = shop(&[]).await;
    Account::with_password(&Api::new(&service)).await;
    receiver.event("/shop", "session.started").await;
    let settings = [("http.listen", "127.0.0.1:8080")];
    let document = run(tempdir().unwrap().path(), &settings, &["openapi"]).json();
    let webhooks = document["webhooks"].as_object().unwrap();
    let names: BTreeSet<_> = webhooks.keys().map(String::as_str).collect();
    assert_eq!(names, EventType::ALL.iter().map(|it| it.as_str()).collect());
    let hooks = receiver.hooks("/shop");
    assert!(hooks.len() > 1);
    for hook in hooks {
        let body = &webhooks[&hook.event_type()]["post"]["requestBody"]["content"];
        let schema = &body["application/json"]["schema"];
        let validator = jsonschema::validator_for(schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&hook.body()).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}: {}", hook.text);
    }
    let sent = Value::Null;
    for it in EventType::ALL {
        let schema = &webhooks[it.as_str()]["post"]["requestBody"]["content"]["application/json"];
        assert!(!jsonschema::validator_for(&schema["schema"]).unwrap().is_valid(&sent));
    }
}
