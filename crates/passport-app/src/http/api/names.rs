//! Names of domain values, in requests and responses.

use passport_session::Method;

/// The name of a kind of proof.
pub(super) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Password => "password",
        Method::Code => "code",
        Method::Totp => "totp",
        Method::RecoveryCode => "recovery_code",
        Method::Passkey => "passkey",
        Method::Operator => "operator",
    }
}
