//! What all operations of the API for operators have.

use serde_json::{Value, json};

use super::operations::{headers, listed, with_problems};
use crate::http::api::problem::Code;

/// Beginning of the paths.
pub(super) const FOLDER: &str = "/api/admin/";

const OF_EACH: [Code; 5] =
    [Code::TokenInvalid, Code::ScopeMissing, Code::TooMany, Code::Unavailable, Code::ServerError];
const OF_BODIES: [Code; 4] =
    [Code::BodyInvalid, Code::MediaTypeUnsupported, Code::BodyTooLarge, Code::BodyTimeout];

pub(super) fn complete(operation: &mut Value) {
    operation["servers"] = json!([{
        "url": "http://127.0.0.1:9091",
        "description": "Address of `admin.listen`, which is off by default. Visitors cannot reach it.",
    }]);
    let mut codes = listed(operation);
    codes.extend(OF_EACH);
    if operation.get("requestBody").is_some() {
        codes.extend(OF_BODIES);
        operation["requestBody"]["required"] = true.into();
    }
    let responses = operation["responses"].as_object_mut().expect("each operation has responses");
    for response in responses.values_mut() {
        response["headers"] = headers([("X-Request-Id", "RequestId")]);
    }
    with_problems(responses, &codes);
}
