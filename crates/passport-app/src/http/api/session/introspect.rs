use std::error::Error;

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use futures::future::LocalBoxFuture;
use passport_auth::AccessTokens;
use passport_token::Claims;
use serde::{Deserialize, Serialize};
use tracing::error;
use utoipa::ToSchema;

use crate::http::{
    api::{
        describe::values::{SuspectedToken, TokenTypeName},
        problem::{Code, Problem},
    },
    extract::{BodyError, Json, missing, read_body},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// A token that was shown to an application.
#[derive(Deserialize, ToSchema)]
#[schema(as = IntrospectionRequest)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct TokenBody {
    #[schema(value_type = SuspectedToken)]
    token: String,
}

/// The token of a request, as JSON or as a form.
pub(in crate::http::api) struct Suspected(String);

impl FromRequest for Suspected {
    type Error = BodyError;
    type Future = LocalBoxFuture<'static, Result<Self, BodyError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_form(request) {
            let body = Json::<TokenBody>::from_request(request, payload);
            return Box::pin(async { Ok(Self(body.await?.0.token)) });
        }
        let payload = payload.take();
        Box::pin(async move {
            let body = read_body(payload).await?;
            // RFC 7662 lets clients send parameters that a server does not know.
            let mut tokens = form_urlencoded::parse(&body).filter(|(name, _)| name == "token");
            match (tokens.next(), tokens.next()) {
                (Some((_, token)), None) => Ok(Self(token.into_owned())),
                _ => Err(missing("token").into()),
            }
        })
    }
}

fn is_form(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(FORM)
}

/// Whether a token is good, and what it says if it is. The other members are there only then.
#[derive(Serialize, Default, ToSchema)]
#[schema(as = Introspection)]
pub(in crate::http::api) struct IntrospectionResponse {
    /// Whether the token is signed by this service, has not expired, and its session is live.
    active: bool,
    #[serde(flatten)]
    #[schema(inline)]
    said: Said,
}

/// What a good token says.
#[derive(Serialize, Default, ToSchema)]
struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenTypeName>)]
    token_type: Option<&'static str>,
    /// Issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// Id of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// Audience. An application has to compare it with its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    /// Name of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// Time of issuing, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<u64>,
    /// Time from which on the token is refused, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
    /// Id of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// Id of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// Time of the last proof, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<u64>,
    /// Kinds of proof (RFC 8176).
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<String>>,
    /// Phone number, if the token has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
}

impl From<Claims> for IntrospectionResponse {
    fn from(claims: Claims) -> Self {
        let said = Said {
            token_type: Some("Bearer"),
            iss: Some(claims.issuer),
            sub: Some(claims.subject),
            aud: Some(claims.audience),
            client_id: Some(claims.client),
            iat: Some(claims.issued_at),
            exp: Some(claims.expires_at),
            jti: Some(claims.id),
            sid: Some(claims.session),
            auth_time: Some(claims.authenticated_at),
            amr: Some(claims.methods),
            phone_number: claims.phone_number,
        };
        Self { active: true, said }
    }
}

/// `POST /api/v1/session/introspect`: whether an access token is good now.
///
/// The token is the permission to ask about it: its signature cannot be guessed, the answer says nothing that
/// the token does not say, and only its owner and the application have it. Session tokens are answered as any
/// other text.
#[utoipa::path(
    post, path = "/api/v1/session/introspect", operation_id = "introspectToken", tag = "session",
    summary = "Ask whether an access token is good now",
    description = "For applications that cannot wait until a token of an ended session expires (RFC 7662). \
        Needs no other credential, and takes a form as well as JSON. A session token is answered as any \
        other text.",
    request_body(content((TokenBody = "application/json"), (TokenBody = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "Whether the token is good", body = IntrospectionResponse)),
)]
pub(in crate::http::api) async fn show(
    Suspected(token): Suspected,
    access_tokens: web::Data<AccessTokens>,
) -> Result<Json<IntrospectionResponse>, Problem> {
    let claims = access_tokens.introspect(&token).await.map_err(|outage| {
        error!(error = &outage as &dyn Error, "a token was not introspected");
        Code::Unavailable
    })?;
    Ok(Json(claims.map_or_else(IntrospectionResponse::default, Into::into)))
}
