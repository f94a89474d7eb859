use super::reply::LegacyReply;
use crate::http::extract::{BodyError, Json};

/// The fields of a request, or why they could not be read; `?` answers with `LegacyReply`.
pub(super) type Fields<T> = Result<Json<T>, BodyError>;

/// The text of a field; an empty one counts as missing.
pub(super) fn given(text: String) -> Result<String, LegacyReply> {
    if text.is_empty() { Err(LegacyReply::fields_missing()) } else { Ok(text) }
}
