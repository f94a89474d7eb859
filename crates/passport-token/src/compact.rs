use crate::{Algorithm, MAX_TOKEN_LENGTH, TokenError, base64url, members::Members};

/// Longest id of a key. Ids are compared only, and are part of no path and no query.
const MAX_KEY_ID: usize = 128;

/// Parameters of headers that tokens of passport never have. They would name other keys (`jku`, `jwk`,
/// `x5u`, `x5c`, `x5t`), change what is signed (`b64`), ask for extensions (`crit`), or make it an
/// encrypted token (`enc`, `zip`).
const REFUSED: [&str; 10] =
    ["crit", "b64", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "enc", "zip"];

/// Media types of access tokens (RFC 9068, section 4).
const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// A token in compact form whose signature is not verified yet.
#[derive(Debug)]
pub(crate) struct Compact<'a> {
    /// Id of the key.
    pub(crate) key_id: String,
    /// Name of the algorithm, as the token has it.
    pub(crate) algorithm: Option<Algorithm>,
    /// What is signed: header and payload.
    pub(crate) message: &'a [u8],
    pub(crate) signature: [u8; 64],
    payload: &'a str,
}

impl<'a> Compact<'a> {
    /// Reads the form and the header of `token`. Nothing of it can be believed yet.
    pub(crate) fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(TokenError::TooLong);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Malformed("it does not have three parts"));
        };
        let bytes = base64url::decode(header)
            .ok_or(TokenError::Malformed("the header is not base64url"))?;
        let members =
            Members::parse(&bytes).ok_or(TokenError::Malformed("the header is not an object"))?;
        if let Some(name) = REFUSED.into_iter().find(|name| members.has(name)) {
            return Err(TokenError::Header(name));
        }
        let is_text = |_| TokenError::Malformed("the header has a parameter of another form");
        let kind = members.optional_text("typ").map_err(is_text)?;
        if !kind.is_some_and(|kind| TYPES.iter().any(|it| it.eq_ignore_ascii_case(kind))) {
            return Err(TokenError::Type);
        }
        let algorithm = Algorithm::from_name(members.text("alg").map_err(is_text)?);
        let key_id = members.optional_text("kid").map_err(is_text)?;
        let key_id = key_id.filter(|id| is_key_id(id)).ok_or(TokenError::UnknownKey)?;
        Ok(Self {
            key_id: key_id.to_owned(),
            algorithm,
            message: &token.as_bytes()[..header.len() + 1 + payload.len()],
            signature: base64url::decode_array(signature).ok_or(TokenError::Signature)?,
            payload,
        })
    }

    /// Members of the payload. Call it after the signature was verified.
    pub(crate) fn payload(&self) -> Result<Members, TokenError> {
        let bytes = base64url::decode(self.payload)
            .ok_or(TokenError::Malformed("the payload is not base64url"))?;
        Members::parse(&bytes)
            .ok_or(TokenError::Malformed("the payload is not an object with unique members"))
    }
}

/// Whether a text has the form of the id of a key.
pub(crate) fn is_key_id(text: &str) -> bool {
    (1..=MAX_KEY_ID).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
}
