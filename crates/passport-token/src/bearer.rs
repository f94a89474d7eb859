//! What the extractors share.

use crate::{Claims, Verifier, VerifyError};

/// An answer to a request without a valid token (RFC 6750).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// 401, or 503 while the keys of the issuer cannot be fetched.
    pub status: u16,
    /// Value of `WWW-Authenticate`, with a 401.
    pub challenge: Option<String>,
    /// Text for developers. It contains nothing of the token.
    pub detail: String,
}

impl Refusal {
    fn missing() -> Self {
        let detail = "send `Authorization: Bearer` with an access token, once".to_owned();
        Self { status: 401, challenge: Some("Bearer".to_owned()), detail }
    }

    /// The body, of the type `application/problem+json`.
    pub(crate) fn body(&self) -> String {
        let title = if self.status == 401 { "Unauthorized" } else { "Service Unavailable" };
        serde_json::json!({ "title": title, "status": self.status, "detail": self.detail })
            .to_string()
    }
}

impl From<VerifyError> for Refusal {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Refused(error) => {
                let detail = error.to_string();
                let challenge =
                    format!(r#"Bearer error="invalid_token", error_description="{detail}""#);
                Self { status: 401, challenge: Some(challenge), detail }
            }
            // The cause may name hosts, so it is not shown.
            VerifyError::Unavailable(_) => Self {
                status: 503,
                challenge: None,
                detail: "tokens cannot be verified at the moment; repeat the request".to_owned(),
            },
        }
    }
}

/// Verifies the token of the `Authorization` headers of a request.
pub(crate) async fn verify<'a>(
    verifier: &Verifier,
    headers: impl Iterator<Item = &'a [u8]>,
) -> Result<Claims, Refusal> {
    let token = bearer(headers).ok_or_else(Refusal::missing)?;
    Ok(verifier.verify(token).await?)
}

/// The token of exactly one `Authorization: Bearer` header.
fn bearer<'a>(mut headers: impl Iterator<Item = &'a [u8]>) -> Option<&'a str> {
    let (Some(value), None) = (headers.next(), headers.next()) else { return None };
    let (scheme, token) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_one_bearer_header_is_read() {
        let read = |values: &[&str]| {
            let bytes: Vec<Vec<u8>> = values.iter().map(|it| it.as_bytes().to_vec()).collect();
            bearer(bytes.iter().map(Vec::as_slice)).map(ToOwned::to_owned)
        };
        assert_eq!(read(&["Bearer a.b.c"]).as_deref(), Some("a.b.c"));
        assert_eq!(read(&["bearer  a.b.c"]).as_deref(), Some("a.b.c"));
        for none in [&[][..], &["Bearer"], &["Basic a.b.c"], &["Bearer a", "Bearer a"]] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }
}
