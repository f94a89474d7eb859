//! Names of domain values, in requests and responses.

use passport_session::Method;

/// The name of a kind of proof.
pub(in crate::http) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Password => "password",
        Method::Code => "code",
        Method::Totp => "totp",
        Method::RecoveryCode => "recovery_code",
        Method::Passkey => "passkey",
        Method::Operator => "operator",
    }
}

/// The kind of proof with this name.
pub(in crate::http) fn method_named(name: &str) -> Option<Method> {
    Method::ALL.into_iter().find(|method| method_name(*method) == name)
}
