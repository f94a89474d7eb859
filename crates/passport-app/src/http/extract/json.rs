use std::time::Duration;

use actix_web::{HttpRequest, http::header, web};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::http::answer::Answer;

/// The most that is read: many times what any request needs.
const LIMIT: usize = 16 * 1024;
/// How much more is taken off the wire and thrown away, so that the sender gets to read the answer.
const DRAINED: usize = 4 * 1024 * 1024;
/// How long a body may take: nobody holds a connection by sending a byte now and then.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads the fields of a request from its JSON object.
///
/// # Errors
///
/// The same answer for whatever is wrong: another media type, no JSON, no object, too much of it,
/// a field that is missing or no text.
pub(super) async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Answer> {
    let body = timeout(PATIENCE, collect(payload)).await.ok().flatten();
    let body = body.filter(|_| is_json(request)).ok_or_else(Answer::fields_missing)?;
    // By way of an object: serde would take the fields of a struct from an array too.
    serde_json::from_slice::<Map<String, Value>>(&body)
        .and_then(|fields| T::deserialize(Value::Object(fields)))
        .map_err(|_| Answer::fields_missing())
}

/// The whole body, if it came whole and is not too much.
async fn collect(mut payload: web::Payload) -> Option<web::BytesMut> {
    let (mut body, mut length) = (web::BytesMut::new(), 0);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.ok()?;
        length += chunk.len();
        if length <= LIMIT {
            body.extend_from_slice(&chunk);
        } else if length > DRAINED {
            break;
        }
    }
    (length <= LIMIT).then_some(body)
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// A text that is there and not empty.
pub(super) fn given(text: String) -> Result<String, Answer> {
    if text.is_empty() { Err(Answer::fields_missing()) } else { Ok(text) }
}
