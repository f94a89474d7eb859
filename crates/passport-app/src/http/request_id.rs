use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use uuid::Uuid;

/// Id of a request: 32 hexadecimal digits, which the log, the answer and events name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct RequestId(String);

impl RequestId {
    /// Gives `request` a new id. A client's own `X-Request-Id` is not taken: it could be that of
    /// another request, or foreign text.
    pub(in crate::http) fn assign(request: &ServiceRequest) -> Self {
        let id = Self(Uuid::new_v4().simple().to_string());
        request.extensions_mut().insert(id.clone());
        id
    }

    /// The id of `request`, if it was given one.
    pub(in crate::http) fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get().cloned()
    }

    pub(in crate::http) fn as_str(&self) -> &str {
        &self.0
    }
}
