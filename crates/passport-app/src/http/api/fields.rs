//! Values of request bodies, and what is wrong with them.

use passport_auth::TypedCode;
use passport_codes::Code as OneTimeCode;
use passport_user::{NickName, Password, TermsVersion};

use super::problem::{Code, Problem};
use crate::http::extract::invalid;

/// A code with the id of its request. An id that was not issued here belongs to no live code.
pub(super) fn typed_code(id: &str, code: String) -> Result<TypedCode, Problem> {
    let id = id.parse().map_err(|_| Code::SmsCodeGone)?;
    Ok(TypedCode { id, code: OneTimeCode::from_text(code) })
}

/// A password that a person chooses.
pub(super) fn chosen_password(text: &str) -> Result<Password, Problem> {
    Password::new(text).map_err(|_| Problem::from(Code::PasswordRefused).with("reason", "too-long"))
}

/// A nick name that a person chooses.
pub(super) fn nick_name(text: &str) -> Result<NickName, Problem> {
    Ok(text.parse::<NickName>()?)
}

/// Version of the terms that a person consents to.
pub(super) fn terms(text: &str) -> Result<TermsVersion, Problem> {
    Ok(text.parse().map_err(|_| invalid("terms"))?)
}
