//! What handlers read from a request, typed. An extractor that refuses a request says why.

mod client;
mod credential;
mod json;
mod signed_in;

pub(crate) use client::TrustedProxies;
pub(in crate::http) use client::{Client, is_forwarded};
pub(in crate::http) use credential::Credential;
pub(in crate::http) use json::{BodyError, Json, read_body};
pub(in crate::http) use signed_in::SignedIn;
