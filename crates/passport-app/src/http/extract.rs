//! What handlers read from a request, typed. An extractor that refuses a request says why.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the handlers of accounts, which follow, read it")
)]
mod caller;
mod client;
mod credential;
mod device;
mod json;
mod signed_in;

#[expect(unused_imports, reason = "the handlers of accounts, which follow, read it")]
pub(in crate::http) use caller::Caller;
pub(crate) use client::TrustedProxies;
pub(in crate::http) use client::{Client, is_forwarded};
pub(in crate::http) use credential::{Carrier, Credential};
pub(in crate::http) use json::{BodyError, Json};
pub(in crate::http) use signed_in::SignedIn;
