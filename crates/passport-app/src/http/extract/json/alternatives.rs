//! Bodies that take either these members or those.
//!
//! Such a request is one struct, in which the members of each alternative are options, and a conversion
//! to an enum by [`required`] and [`absent`]. An untagged or tagged enum of serde, or `flatten`, would
//! lose the pointer to the member at fault.

use super::fields::{FaultCode, FieldFault};

/// The value of the member `name`, which the chosen alternative needs.
pub(in crate::http) fn required<T>(value: Option<T>, name: &str) -> Result<T, FieldFault> {
    value.ok_or_else(|| missing(name))
}

/// The fault of the member `name`, which is needed and not there.
pub(in crate::http) fn missing(name: &str) -> FieldFault {
    FieldFault::at(name, FaultCode::Missing)
}

/// Refuses the member `name`, which the chosen alternative has not.
pub(in crate::http) fn absent<T>(value: Option<&T>, name: &str) -> Result<(), FieldFault> {
    match value {
        None => Ok(()),
        Some(_) => Err(FieldFault::at(name, FaultCode::Unexpected)),
    }
}

/// The fault of a member whose value has the right type and is none of those allowed.
pub(in crate::http) fn invalid(name: &str) -> FieldFault {
    FieldFault::at(name, FaultCode::Invalid)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::http::extract::json::{fields, object};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        mobile: String,
        password: Option<String>,
        code_id: Option<String>,
        code: Option<String>,
    }

    #[derive(Debug, PartialEq, Eq)]
    enum Proof {
        Password(String),
        Code { id: String, code: String },
    }

    impl TryFrom<Request> for Proof {
        type Error = FieldFault;

        fn try_from(request: Request) -> Result<Self, FieldFault> {
            let Request { mobile, password, code_id, code } = request;
            if mobile.is_empty() {
                return Err(invalid("mobile"));
            }
            match password {
                Some(password) => {
                    absent(code_id.as_ref(), "code_id")?;
                    absent(code.as_ref(), "code")?;
                    Ok(Self::Password(password))
                }
                None if code_id.is_none() && code.is_none() => required(None, "password"),
                None => Ok(Self::Code {
                    id: required(code_id, "code_id")?,
                    code: required(code, "code")?,
                }),
            }
        }
    }

    fn read(body: &str) -> Result<Proof, String> {
        let object = object::parse(body.as_bytes()).map_err(|error| error.to_string())?;
        let request = fields::read::<Request>(object).map_err(|fault| fault.to_string())?;
        Proof::try_from(request).map_err(|fault| fault.to_string())
    }

    #[test]
    fn api_2_a_body_has_the_members_of_one_alternative() {
        let password = read(r#"{"mobile":"1","password":"p"}"#);
        assert_eq!(password, Ok(Proof::Password("p".to_owned())));
        let code = read(r#"{"mobile":"1","code_id":"i","code":"c","password":null}"#);
        assert_eq!(code, Ok(Proof::Code { id: "i".to_owned(), code: "c".to_owned() }));
        for (body, fault) in [
            (r#"{"mobile":"1","password":"p","code":"c"}"#, "/code: unexpected"),
            (r#"{"mobile":"1","password":"p","code_id":"i","code":"c"}"#, "/code_id: unexpected"),
            (r#"{"mobile":"1","code_id":"i"}"#, "/code: missing"),
            (r#"{"mobile":"1","code":"c"}"#, "/code_id: missing"),
            (r#"{"mobile":"1"}"#, "/password: missing"),
            (r#"{"mobile":"","password":"p"}"#, "/mobile: invalid"),
            (r#"{"mobile":"1","password":1}"#, "/password: invalid"),
            (r#"{"mobile":"1","pin":"p"}"#, "/pin: unknown"),
        ] {
            assert_eq!(read(body), Err(fault.to_owned()), "{body}");
        }
    }
}
