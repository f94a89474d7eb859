//! Checks before the handler. Their refusals are neutral: each API answers them in its own form.

pub(in crate::http) mod csrf;
pub(in crate::http) mod refusal_log;
