//! The OpenAPI document of `/api/v1` and `/api/admin/v1`: what the handlers say of themselves, completed by what all operations
//! of a kind have.

mod admin;
mod closed;
mod components;
mod each;
mod links;
mod merged;
mod operations;
mod site;
mod webhooks;

use serde_json::{Value, json};

use super::{admin as operators, routes};
use crate::http::forward_auth;
pub(crate) use site::ApiSite;

use each::each_operation;

/// The document for clients of `site`.
pub(crate) fn document(site: &ApiSite) -> Value {
    let mut described = routes::described();
    described.merge(forward_auth::described());
    described.merge(operators::described());
    let mut document = serde_json::to_value(described).expect("the document is JSON");
    document["info"] = json!({
        "title": "Passport",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Sign-up and sign-in with a phone number. Requests and responses are JSON; failures \
            are problems (RFC 9457). The original API under `/passport` is not part of this document.",
        "license": { "name": "MIT or Apache 2.0", "identifier": "MIT OR Apache-2.0" },
    });
    document["servers"] = json!([{ "url": site.url }]);
    document["tags"] = tags();
    components::complete(&mut document["components"], site);
    for (path, method, operation) in each_operation(&mut document["paths"]) {
        if path.starts_with(admin::FOLDER) {
            admin::complete(operation);
        } else {
            operations::complete(operation, &method);
        }
    }
    document["webhooks"] = webhooks::webhooks();
    links::add(&mut document);
    merged::merge_parts(&mut document);
    closed::close_requests(&mut document);
    document
}

fn tags() -> Value {
    let tags = [
        ("challenges", "Pictures and sounds that programs find hard to read"),
        ("codes", "Codes by text message"),
        ("users", "Sign-up"),
        ("sessions", "Sign-in, and the sessions of a user"),
        ("session", "The session of the request"),
        ("me", "The account of the signed-in user"),
        ("recovery", "Forgotten passwords and changes of number that a user did not make"),
        ("forward-auth", "For proxies in front of applications"),
        ("operators", "For programs of operators, on a listener of its own (`admin.listen`)"),
    ];
    tags.iter().map(|(name, text)| json!({ "name": name, "description": text })).collect()
}

#[cfg(test)]
mod tests;
