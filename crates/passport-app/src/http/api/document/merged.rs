//! Objects that the handlers compose of parts are one object in the document.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// End of the name of an object that was composed with nothing.
const NOTHING_MORE: &str = "_NoExtra";

/// Replaces each `allOf` among the schemas by one object, and removes the schemas that only it needed.
pub(super) fn merge_parts(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let composed = schemas.as_object().into_iter().flatten();
    for (name, schema) in composed.filter(|(_, schema)| schema.get("allOf").is_some()) {
        let mut merged = json!({ "type": "object", "properties": {}, "required": [] });
        if let Some(description) = schema.get("description") {
            merged["description"] = description.clone();
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            add(&mut merged, resolved(&schemas, part));
        }
        document["components"]["schemas"][name] = merged;
    }
    remove_unused(document);
    let schemas = document["components"]["schemas"].take();
    let schemas = schemas.as_object().into_iter().flatten();
    let named = schemas.map(|(name, schema)| (plain(name), schema.clone()));
    document["components"]["schemas"] = Value::Object(named.collect());
    rename(document);
}

/// The name that clients see.
fn plain(name: &str) -> String {
    name.strip_suffix(NOTHING_MORE).unwrap_or(name).to_owned()
}

/// Gives references the names that clients see.
fn rename(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = plain(reference);
            }
            members.values_mut().for_each(rename);
        }
        Value::Array(items) => items.iter_mut().for_each(rename),
        _ => {}
    }
}

fn resolved<'a>(schemas: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    name.map_or(schema, |name| &schemas[name])
}

fn add(merged: &mut Value, part: &Value) {
    for (name, property) in part["properties"].as_object().into_iter().flatten() {
        merged["properties"][name] = property.clone();
    }
    let required = part["required"].as_array().into_iter().flatten().cloned();
    merged["required"].as_array_mut().into_iter().for_each(|it| it.extend(required.clone()));
}

fn remove_unused(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        references(document, &mut used);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        let is_used = |name: &String| used.contains(&format!("#/components/schemas/{name}"));
        *schemas = std::mem::take(schemas)
            .into_iter()
            .filter(|(name, _)| is_used(name))
            .collect::<Map<_, _>>();
        if schemas.len() == before {
            return;
        }
    }
}

/// Adds what `value` refers to.
pub(super) fn references(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            used.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|it| references(it, used));
        }
        Value::Array(items) => items.iter().for_each(|it| references(it, used)),
        _ => {}
    }
}
