//! What the OpenAPI document says beside the types of requests and responses: the forms of texts, and
//! the problems of an operation.

pub(super) mod forms;
pub(in crate::http) mod problems;
pub(super) mod values;
