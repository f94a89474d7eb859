//! Pages on the way into an account.

pub(crate) mod code;
pub(crate) mod sign_in;
pub(crate) mod sign_in_password;
