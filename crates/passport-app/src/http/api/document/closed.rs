//! Requests have no members beside the documented ones.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{each::each_operation, merged::references};

const SCHEMAS: &str = "#/components/schemas/";

/// Adds `additionalProperties: false` to each object schema that a request body refers to.
pub(super) fn close_requests(document: &mut Value) {
    let (mut open, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for (_, _, operation) in each_operation(&mut document["paths"]) {
        references(&operation["requestBody"], &mut open);
    }
    while let Some(reference) = open.pop_first() {
        let Some(name) = reference.strip_prefix(SCHEMAS) else { continue };
        let schema = &mut document["components"]["schemas"][name];
        if schema.get("properties").is_some() {
            schema["additionalProperties"] = false.into();
        }
        references(schema, &mut open);
        seen.insert(reference);
        open = &open - &seen;
    }
}
