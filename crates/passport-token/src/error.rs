use thiserror::Error;

/// Reason why a token was refused. The texts contain nothing of the token and may be shown to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Longer than [`MAX_TOKEN_LENGTH`](crate::MAX_TOKEN_LENGTH).
    #[error("the token is longer than 8 KiB")]
    TooLong,
    /// Not a signed token of three parts, or a part is not what it must be.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// The header has a parameter that tokens of passport never have, such as `jku` or `crit`.
    #[error("the header of the token has {0}, which is not accepted")]
    Header(&'static str),
    /// The type is not `at+jwt`: this is an ID token or another kind of JWT.
    #[error("the token is not an access token (its type is not at+jwt)")]
    Type,
    /// The algorithm is not that of the key.
    #[error("the algorithm of the token is not that of its key")]
    Algorithm,
    /// The issuer has no key of this id.
    #[error("the token is signed by an unknown key")]
    UnknownKey,
    /// The signature is not of this key and these contents.
    #[error("the signature of the token is not valid")]
    Signature,
    /// A claim is missing, or has another form than it must have.
    #[error("the claim {0} of the token is missing or malformed")]
    Claim(&'static str),
    /// Another service issued the token.
    #[error("the token is of another issuer")]
    Issuer,
    /// The token is for another application.
    #[error("the token is for another audience")]
    Audience,
    /// The token has expired.
    #[error("the token has expired")]
    Expired,
    /// The token is not valid yet; the clocks differ by more than the leeway.
    #[error("the token is not valid yet")]
    NotYetValid,
}

/// Reason why tokens cannot be verified as asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The issuer is not an origin.
    #[error(
        "the issuer {0:?} is not an address such as https://passport.example: write the scheme and the \
         host, without a path and without a slash at the end"
    )]
    Issuer(String),
    /// The issuer is an address without TLS.
    #[error("the issuer {0:?} must begin with https://; http:// is for loopback addresses only")]
    PlainIssuer(String),
    /// The audience is empty or longer than 255 characters.
    #[error(
        "the audience is empty or longer than 255 characters: write apps.<name>.audience of passport"
    )]
    Audience,
    /// The leeway is too long.
    #[error(
        "a leeway of more than 5 minutes is not accepted: set the clocks of the machines by NTP"
    )]
    Leeway,
    /// The address of the keys is not valid.
    #[error("{0:?} is not an address of keys: write https://…, or http:// with a loopback address")]
    KeysAddress(String),
}
