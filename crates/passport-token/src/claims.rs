use std::fmt;

use serde::Serialize;

use crate::{TokenError, members::Members};

/// What a verified token says. Times are seconds since 1970.
///
/// `Debug` does not show the phone number.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Address of the service that issued the token.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// Id of the user. It never changes and is never used again.
    #[serde(rename = "sub")]
    pub subject: String,
    /// Audience of the application that the token is for.
    #[serde(rename = "aud")]
    pub audience: String,
    /// Name of that application.
    #[serde(rename = "client_id")]
    pub client: String,
    /// Time of issuing.
    #[serde(rename = "iat")]
    pub issued_at: u64,
    /// Time from which on the token is refused.
    #[serde(rename = "exp")]
    pub expires_at: u64,
    /// Unique id of the token.
    #[serde(rename = "jti")]
    pub id: String,
    /// Id of the session that asked for the token. It opens nothing.
    #[serde(rename = "sid")]
    pub session: String,
    /// Time of the last proof: the sign-in, or a confirmation since.
    #[serde(rename = "auth_time")]
    pub authenticated_at: u64,
    /// Kinds of proof, by the names of RFC 8176: `pwd`, `sms`, `mfa` ….
    #[serde(rename = "amr")]
    pub methods: Vec<String>,
    /// Phone number in E.164, for applications that are allowed to see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

impl Claims {
    pub(crate) fn from_members(members: &Members) -> Result<Self, TokenError> {
        let text = |name| members.text(name).map(ToOwned::to_owned);
        Ok(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            audience: text("aud")?,
            client: text("client_id")?,
            issued_at: members.time("iat")?,
            expires_at: members.time("exp")?,
            id: text("jti")?,
            session: text("sid")?,
            authenticated_at: members.time("auth_time")?,
            methods: members.texts("amr")?,
            phone_number: members.optional_text("phone_number")?.map(ToOwned::to_owned),
        })
    }

    /// Seconds since the last proof, at `now` in seconds since 1970.
    pub fn proof_age(&self, now: u64) -> u64 {
        now.saturating_sub(self.authenticated_at)
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("subject", &self.subject)
            .field("audience", &self.audience)
            .field("session", &self.session)
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
