use std::error::Error;

use actix_web::web;
use passport_auth::{AccessTokens, IssueTokenError, TokenKeysError};
use serde::{Deserialize, Serialize};
use tracing::error;
use utoipa::ToSchema;

use crate::http::{
    api::{
        describe::{
            problems::problems,
            values::{AccessTokenText, AudienceText, TokenTypeName},
        },
        problem::{Code, Problem},
    },
    extract::{Json, SignedIn},
};

problems! { IssueProblems: AudienceUnknown }

/// The application that a token is for.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccessTokenRequest)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct TokenBody {
    #[schema(value_type = AudienceText)]
    audience: String,
}

/// An access token.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub(in crate::http::api) struct TokenResponse {
    #[schema(value_type = AccessTokenText)]
    access_token: String,
    #[schema(value_type = TokenTypeName)]
    token_type: &'static str,
    /// Seconds until it is refused.
    expires_in: u64,
}

/// `POST /api/v1/session/tokens`: an access token of the signed-in user for an application.
#[utoipa::path(
    post, path = "/api/v1/session/tokens", operation_id = "issueToken", tag = "session",
    summary = "Get an access token for an application",
    description = "A signed JWT (RFC 9068), which the application verifies with the keys at \
        `/.well-known/jwks.json`. It is no session: this API does not accept it. It cannot be renewed; get \
        another one with the session.",
    request_body = TokenBody,
    security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "An access token", body = TokenResponse), IssueProblems),
)]
pub(in crate::http::api) async fn create(
    SignedIn { person, .. }: SignedIn,
    body: Json<TokenBody>,
    access_tokens: web::Data<AccessTokens>,
) -> Result<Json<TokenResponse>, Problem> {
    let issued = access_tokens.issue(&person, &body.0.audience).await.map_err(refusal)?;
    Ok(Json(TokenResponse {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.expires_in.as_secs(),
    }))
}

fn refusal(refused: IssueTokenError) -> Problem {
    match refused {
        IssueTokenError::UnknownAudience => Code::AudienceUnknown.into(),
        IssueTokenError::Keys(refused) => no_keys(&refused),
    }
}

/// The problem of a node that has no keys.
pub(in crate::http) fn no_keys(refused: &TokenKeysError) -> Problem {
    error!(error = refused as &dyn Error, "no access token is issued or verified");
    match refused {
        TokenKeysError::Unavailable(_) => Code::Unavailable.into(),
        TokenKeysError::Unreadable | TokenKeysError::Key(_) => Code::ServerError.into(),
    }
}
