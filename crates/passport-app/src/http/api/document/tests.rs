use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::http::api::{admin, problem::Code, routes::ROUTES};

fn example() -> Value {
    let url = "https://passport.example".to_owned();
    document(&ApiSite { url, session_cookie: "__Host-passport_session" })
}

#[test]
fn each_route_is_described_and_nothing_else() {
    let mut document = example();
    let described: BTreeSet<_> =
        each_operation(&mut document["paths"]).map(|(path, method, _)| (path, method)).collect();
    let routed = ROUTES.iter().chain(admin::ROUTES);
    let routed = routed.map(|(path, method)| ((*path).to_owned(), (*method).to_owned()));
    let others = [("/forward-auth".to_owned(), "get".to_owned())];
    assert_eq!(described, routed.chain(others.clone()).collect::<BTreeSet<_>>());
    let sum = ROUTES.len() + admin::ROUTES.len() + others.len();
    assert_eq!(sum, described.len(), "no route is there twice");
}

#[test]
fn operations_have_an_id_a_tag_and_a_summary() {
    let mut document = example();
    let tags: Vec<_> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in each_operation(&mut document["paths"]) {
        let what = format!("{method} {path}: {operation}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{what}");
        assert!(operation["summary"].is_string(), "{what}");
        let own = operation["tags"].as_array().unwrap();
        assert!(own.len() == 1 && tags.contains(&own[0]), "{what}");
    }
}

#[test]
fn each_reference_leads_somewhere_and_each_component_is_used() {
    let document = example();
    let mut used = BTreeSet::new();
    merged::references(&document, &mut used);
    for reference in &used {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for kind in ["schemas", "parameters", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name}");
        }
    }
}

#[test]
fn each_link_leads_from_a_response_to_an_operation() {
    let mut document = example();
    let operations: Vec<_> =
        each_operation(&mut document["paths"]).map(|(_, _, operation)| operation.clone()).collect();
    let is_one = |id: &Value| operations.iter().any(|it| it["operationId"] == *id);
    let links = operations.iter().flat_map(|it| it["responses"].as_object().unwrap().values());
    let links: Vec<_> =
        links.filter_map(|response| response["links"].as_object()).flatten().collect();
    assert_eq!(links.len(), super::links::LINKS.len());
    for (name, link) in links {
        assert!(is_one(&link["operationId"]), "{name}");
    }
}

#[test]
fn lists_of_operations_name_operations() {
    let mut document = example();
    let ids: BTreeSet<_> = each_operation(&mut document["paths"])
        .map(|(_, _, operation)| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    for id in operations::WITH_COOKIE
        .iter()
        .chain(&operations::WITH_LANGUAGE)
        .chain([&operations::WITH_RANGE])
    {
        assert!(ids.contains(*id), "{id}");
    }
}

#[test]
fn each_problem_of_an_operation_has_its_schema() {
    let document = example();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let problems =
        schemas.iter().filter_map(|(name, it)| Some((name.strip_prefix("Problem.")?, it)));
    let problems: Vec<_> = problems.collect();
    assert!(problems.len() > 30, "{problems:?}");
    for (slug, schema) in problems {
        let row = Code::named(slug).unwrap().row();
        assert_eq!(schema["properties"]["status"]["const"], row.status.as_u16());
        assert_eq!(schema["properties"]["code"]["const"], slug);
    }
    assert!(!schemas.contains_key("Problem.method-not-allowed"), "there is no such operation");
}

#[test]
fn a_response_without_a_body_has_no_content() {
    let mut document = example();
    for (path, method, operation) in each_operation(&mut document["paths"]) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let content = response.get("content");
            assert_ne!(content, Some(&Value::Null), "{method} {path} {status}");
        }
    }
}

#[test]
fn request_bodies_are_closed() {
    let document = example();
    for name in ["SignUpRequest", "SignInByCode", "SignInByPassword", "AnsweredChallenge"] {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["additionalProperties"], false, "{name}: {schema}");
    }
}

#[test]
fn composed_objects_are_one_object() {
    let document = example();
    let schemas = &document["components"]["schemas"];
    let entered = &schemas["NewSession_Created"];
    assert_eq!(entered["required"], serde_json::json!(["user", "session"]), "{entered}");
    for name in ["user", "session", "created", "token"] {
        assert!(entered["properties"].get(name).is_some(), "{name}");
    }
    assert!(!schemas.to_string().contains("allOf") && schemas.get("NoExtra").is_none());
}

#[test]
fn names_in_the_document_are_good_names_in_clients() {
    let document = example();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("NewSession") && schemas.contains_key("RenewedSession"));
    assert!(!document.to_string().contains("NoExtra"));
    assert_eq!(schemas["Problem.code-wrong"]["title"], "CodeWrongProblem");
    let titles: BTreeSet<_> =
        schemas.values().filter_map(|schema| schema["title"].as_str()).collect();
    let count = schemas.values().filter(|schema| schema["title"].is_string()).count();
    assert_eq!(titles.len(), count, "each title is there once");
    for title in titles {
        assert!(title.chars().all(|it| it.is_ascii_alphanumeric()), "{title}");
    }
}

#[test]
fn every_content_has_a_schema() {
    let mut document = example();
    for (path, method, operation) in each_operation(&mut document["paths"]) {
        for response in operation["responses"].as_object().unwrap().values() {
            let content = response.get("content");
            assert!(content.is_none_or(Value::is_object), "{method} {path}: {response}");
            for (media_type, content) in content.and_then(Value::as_object).into_iter().flatten() {
                assert!(content["schema"].is_object(), "{method} {path}: {media_type}");
            }
        }
    }
}
