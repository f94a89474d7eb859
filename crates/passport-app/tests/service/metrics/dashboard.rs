//! The dashboard and the alerts ask for metrics that are served.

use std::fs;

use serde_json::Value;

use super::documented::documented;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");

/// Names in `PromQL` that are no metric and no label.
const WORDS: [&str; 22] = [
    "sum",
    "max",
    "min",
    "avg",
    "rate",
    "increase",
    "by",
    "without",
    "on",
    "ignoring",
    "and",
    "or",
    "unless",
    "clamp_min",
    "histogram_quantile",
    "up",
    "time",
    "count",
    "topk",
    "vector",
    "bool",
    "absent",
];

/// Each identifier of `query` is a metric, one of its labels, or a word of the language.
fn check(query: &str) {
    let documented = documented();
    let (mut metrics, mut others) = (Vec::new(), Vec::new());
    for name in identifiers(query) {
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .filter(|family| documented.contains_key(*family))
            .unwrap_or(&name)
            .to_owned();
        if documented.contains_key(&family) {
            metrics.push(family);
        } else if name.starts_with("passport_") || name.starts_with("process_") {
            panic!("{name} is no metric: {query}");
        } else if !WORDS.contains(&name.as_str()) {
            others.push(name);
        }
    }
    assert!(!metrics.is_empty() || query.contains("up{"), "no metric: {query}");
    for label in others {
        let is_known = ["le", "job", "instance"].contains(&label.as_str())
            || metrics.iter().any(|metric| documented[metric].1.contains(&label));
        assert!(is_known, "{label} is no label of {metrics:?}: {query}");
    }
}

/// Identifiers outside of quotes and durations.
fn identifiers(query: &str) -> Vec<String> {
    let outside: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let words = outside.split(|c| !is_part(c)).map(str::to_owned);
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())).collect()
}

/// Every `expr` in a document.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("expr").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| queries(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| queries(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_dashboard_asks_for_metrics_that_are_served() {
    let text = fs::read_to_string(format!("{ROOT}deploy/grafana/passport.json")).unwrap();
    let mut found = Vec::new();
    queries(&serde_json::from_str(&text).unwrap(), &mut found);
    assert!(found.len() > 15, "{found:?}");
    for query in &found {
        check(query);
    }
}

#[test]
fn the_alerts_ask_for_metrics_that_are_served() {
    let text = fs::read_to_string(format!("{ROOT}deploy/prometheus/rules.yml")).unwrap();
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = line.trim_start().strip_prefix("expr: ") else { continue };
        let indent = line.len() - line.trim_start().len();
        let mut query = first.trim_start_matches('|').to_owned();
        while let Some(next) = lines.next_if(|next| next.len() - next.trim_start().len() > indent) {
            query.push(' ');
            query.push_str(next.trim());
        }
        found.push(query);
    }
    assert!(found.len() >= 7, "{found:?}");
    for query in &found {
        check(query);
    }
}

#[test]
fn an_unknown_metric_or_label_is_found() {
    for bad in ["rate(passport_sms_sent_total[5m])", "sum by (phone) (passport_sessions_live)"] {
        assert!(std::panic::catch_unwind(|| check(bad)).is_err(), "{bad}");
    }
}
