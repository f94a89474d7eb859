//! What handlers read from a request, typed. An extractor that refuses a request says why.

mod caller;
mod client;
mod credential;
mod device;
mod json;
mod signed_in;

pub(in crate::http) use caller::Caller;
pub(crate) use client::TrustedProxies;
pub(in crate::http) use client::{Client, is_forwarded, is_from_trusted_proxy};
pub(in crate::http) use credential::{Carrier, Credential};
pub(in crate::http) use json::{
    BodyError, FieldFault, Json, absent, invalid, missing, read_body, required,
};
pub(in crate::http) use signed_in::SignedIn;
