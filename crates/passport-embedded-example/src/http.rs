use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{ConnectInfo, FromRequestParts, Path, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use passport_auth::{
    Authenticated, CodeCredentials, CodePurpose, CodeRequest, Denied, Locale, Refused, Theme,
    TypedCode,
};
use passport_codes::Code;
use passport_session::SessionToken;
use passport_user::PhoneNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Accounts;

const COOKIE: &str = "session";

/// The routes of accounts, to be merged with those of the service.
///
/// Requests that change something have a body of JSON or the method `DELETE`, which pages of other sites
/// cannot send without asking first; and the cookie is `SameSite=Lax`.
pub fn router(accounts: Arc<Accounts>) -> Router {
    Router::new()
        .route("/challenges", post(new_challenge))
        .route("/challenges/{id}", get(picture))
        .route("/codes", post(request_code))
        .route("/session", get(who_am_i).post(sign_in).delete(sign_out))
        .with_state(accounts)
}

type Shared = State<Arc<Accounts>>;
/// Address of the client. Behind a proxy it is in a header that the proxy sets.
type Client = ConnectInfo<SocketAddr>;
type Answer = Result<(StatusCode, Json<Value>), Problem>;

async fn new_challenge(State(accounts): Shared, ConnectInfo(client): Client) -> Answer {
    let id = accounts.new_challenge.issue(client.ip().into()).await?.id.expose();
    Ok((StatusCode::CREATED, Json(json!({ "picture": format!("/challenges/{id}"), "id": id }))))
}

async fn picture(
    State(accounts): Shared,
    ConnectInfo(client): Client,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = id.parse().map_err(|_| Problem::invalid("challenge-unknown"))?;
    let drawing = accounts.present_challenge.picture(&id, client.ip().into()).await?;
    let picture = drawing.into_theme(Theme::Light);
    Ok(([(header::CONTENT_TYPE, picture.media_type)], picture.bytes))
}

#[derive(Deserialize)]
struct CodeForm {
    mobile: String,
    challenge: String,
    answer: String,
}

async fn request_code(
    State(accounts): Shared,
    ConnectInfo(client): Client,
    Json(form): Json<CodeForm>,
) -> Answer {
    let request = CodeRequest {
        phone: phone(&form.mobile)?,
        purpose: CodePurpose::SignIn,
        challenge: form.challenge.parse().map_err(|_| Problem::invalid("challenge-unknown"))?,
        answer: form.answer,
        client: client.ip().into(),
        locale: Locale::En,
    };
    let sent = accounts.request_code.send(request).await?;
    let code_id = sent.id.map(|id| id.expose());
    Ok((StatusCode::ACCEPTED, Json(json!({ "code_id": code_id, "digits": sent.length }))))
}

#[derive(Deserialize)]
struct SignInForm {
    mobile: String,
    code_id: String,
    code: String,
}

/// Signs in, and up if the number has no account.
async fn sign_in(
    State(accounts): Shared,
    ConnectInfo(client): Client,
    headers: HeaderMap,
    Json(form): Json<SignInForm>,
) -> Result<impl IntoResponse, Problem> {
    let id = form.code_id.parse().map_err(|_| Problem::invalid("code-gone"))?;
    let code = TypedCode { id, code: Code::from_text(form.code) };
    let new = CodeCredentials::new(phone(&form.mobile)?, code, client.ip().into());
    let new = CodeCredentials { former: token_of(&headers), ..new };
    let entered = accounts.sign_in.sign_in(new).await?;
    let token = entered.signed_in.token.expose();
    // Behind TLS add `Secure`, and call the cookie `__Host-session`.
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax");
    let body = json!({ "user": entered.signed_in.user.id.to_string(), "created": entered.is_new });
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(body)))
}

async fn who_am_i(SignedIn(it): SignedIn) -> Json<Value> {
    Json(json!({ "user": it.user.id.to_string(), "nick_name": it.user.nick_name.as_str() }))
}

async fn sign_out(
    State(accounts): Shared,
    ConnectInfo(client): Client,
    SignedIn(it): SignedIn,
) -> Result<StatusCode, Problem> {
    accounts.sign_out.sign_out(&it.token, &client.ip().into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The person who sends a request, as an argument of handlers.
struct SignedIn(Authenticated);

impl FromRequestParts<Arc<Accounts>> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        accounts: &Arc<Accounts>,
    ) -> Result<Self, Problem> {
        let stranger = || Problem(StatusCode::UNAUTHORIZED, "not-signed-in", None);
        let token = token_of(&parts.headers).ok_or_else(stranger)?;
        accounts.authenticate.authenticate(&token).await?.map(Self).ok_or_else(stranger)
    }
}

fn token_of(headers: &HeaderMap) -> Option<SessionToken> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut pairs = cookies.flat_map(|it| it.split("; ")).filter_map(|it| it.split_once('='));
    pairs.find(|(name, _)| *name == COOKIE)?.1.parse().ok()
}

fn phone(text: &str) -> Result<PhoneNumber, Problem> {
    text.parse().map_err(|_| Problem::invalid("number-invalid"))
}

/// A refusal: its status, its rule, and the seconds to wait.
struct Problem(StatusCode, &'static str, Option<u64>);

impl Problem {
    fn invalid(rule: &'static str) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, rule, None)
    }
}

/// Every error of a use case. Causes are logged where the operation ends.
impl<E: Refused> From<E> for Problem {
    fn from(refused: E) -> Self {
        let denied = refused.denied();
        let status = match denied {
            None => StatusCode::UNPROCESSABLE_ENTITY,
            Some(denied) if denied.is_of_client() => StatusCode::TOO_MANY_REQUESTS,
            Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let wait = denied.and_then(Denied::retry_after).map(|it| it.as_secs() + 1);
        Self(status, refused.rule(), wait)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wait = self.2.map(|it| [(header::RETRY_AFTER, it.to_string())]);
        (self.0, wait, Json(json!({ "error": self.1 }))).into_response()
    }
}
