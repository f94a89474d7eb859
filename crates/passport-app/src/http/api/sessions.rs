use std::{error::Error, net::IpAddr};

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{
    CodeCredentials, CodeSignIn, CodeSignInError, Credentials, Freshness, OwnSessions, SignIn,
    SignInError, Unavailable, masked_address,
};
use passport_session::{Session, SessionId};
use passport_user::Password;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tracing::error;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    describe::{
        forms::forms,
        problems::problems,
        values::{
            CodeId, CodeText, DeviceKindName, Mobile, NickNameText, PasswordText, TermsVersionText,
        },
    },
    fields::{self, typed_code},
    problem::{Code, Problem},
    transport::{NoExtra, SignedInResponse, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, SignedIn, absent, missing, required},
};

/// Either a number and its password, or a number and a code with its id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionBody {
    mobile: String,
    password: Option<String>,
    code_id: Option<String>,
    code: Option<String>,
    nick_name: Option<String>,
    /// Version of the terms that the person consents to, if an account is created.
    terms: Option<String>,
    #[serde(default)]
    remember: bool,
    #[serde(default)]
    transport: Transport,
}

forms! {
    /// A sign-in: by the password, or by a code of the purpose `sign-in`.
    SessionForms as "SignInRequest": SignInByPassword, SignInByCode
}

/// Sign-in by the password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for requests in the document")]
struct SignInByPassword {
    mobile: Mobile,
    password: PasswordText,
    /// Whether the session outlives the browser.
    #[schema(required = false, default = false)]
    remember: bool,
    #[schema(required = false, default = "cookie")]
    transport: Transport,
}

/// Sign-in by a code. A number without an account gets one, if the settings allow that.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for requests in the document")]
struct SignInByCode {
    mobile: Mobile,
    code_id: CodeId,
    code: CodeText,
    /// Name for a new account.
    nick_name: Option<NickNameText>,
    /// Version of the terms that the person consents to, if an account is created.
    terms: Option<TermsVersionText>,
    /// Whether the session outlives the browser.
    #[schema(required = false, default = false)]
    remember: bool,
    #[schema(required = false, default = "cookie")]
    transport: Transport,
}

problems! {
    EnterProblems: MobileInvalid, CredentialsWrong, SmsCodeGone, SmsCodeWrong, NickNameRefused, ConsentRequired, SignUpClosed,
    NoAccount, NumberTaken, AccountDisabled, AccountLeaving, Wait, Stopped, Busy
}

#[derive(Serialize, ToSchema)]
struct Created {
    /// Whether the account is new; absent after a sign-in by the password.
    #[schema(required = false)]
    created: bool,
}

/// `POST /api/v1/sessions`: signs in, by password or by code.
#[utoipa::path(
    post, path = "/api/v1/sessions", operation_id = "signIn", tag = "sessions",
    summary = "Sign in",
    request_body = SessionForms,
    responses(
        (status = 201, description = "Signed in", body = SignedInResponse<Created>),
        EnterProblems,
    ),
)]
pub(super) async fn create(
    request: HttpRequest,
    Caller(client): Caller,
    body: Json<SessionBody>,
    sign_in: web::Data<SignIn>,
    code_sign_in: web::Data<CodeSignIn>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let SessionBody { mobile, password, code_id, code, nick_name, terms, remember, transport } =
        body.0;
    let phone = mobile.parse().map_err(|_| Code::MobileInvalid)?;
    let former = transport.former(&request, &cookies);
    match password {
        Some(password) => {
            absent(code_id.as_ref(), "code_id")?;
            absent(code.as_ref(), "code")?;
            absent(nick_name.as_ref(), "nick_name")?;
            absent(terms.as_ref(), "terms")?;
            // No account has a password that this type refuses, so the answer is the usual one.
            let password = Password::new(&password).map_err(|_| Code::CredentialsWrong)?;
            let credentials = Credentials { phone, password, remember, client, former };
            let signed_in = sign_in.sign_in(credentials).await.map_err(refusal)?;
            Ok(transport.signed_in(&signed_in, NoExtra {}, &freshness, &cookies))
        }
        None if code_id.is_none() && code.is_none() => Err(missing("password").into()),
        None => {
            let (id, code) = (required(code_id, "code_id")?, required(code, "code")?);
            let credentials = CodeCredentials {
                phone,
                code: typed_code(&id, code)?,
                nick_name: nick_name.as_deref().map(fields::nick_name).transpose()?,
                terms: terms.as_deref().map(fields::terms).transpose()?,
                remember,
                client,
                former,
            };
            let entered = code_sign_in.sign_in(credentials).await.map_err(code_refusal)?;
            let created = Created { created: entered.is_new };
            Ok(transport.signed_in(&entered.signed_in, created, &freshness, &cookies))
        }
    }
}

fn refusal(refused: SignInError) -> Problem {
    match refused {
        SignInError::Denied(denied) => denied.into(),
        SignInError::WrongCredentials(_) => Code::CredentialsWrong.into(),
        SignInError::NotAdmitted(refusal) => refusal.into(),
    }
}

fn code_refusal(refused: CodeSignInError) -> Problem {
    match refused {
        CodeSignInError::Denied(denied) => denied.into(),
        CodeSignInError::Code(refusal) => refusal.into(),
        CodeSignInError::Consent(required) => required.into(),
        CodeSignInError::SignUpClosed => Code::SignUpClosed.into(),
        CodeSignInError::NoAccount => Problem::from(Code::NoAccount).with("next", "sign-up"),
        CodeSignInError::KeptBack => Problem::from(Code::NumberTaken).with("next", "undo-number"),
        CodeSignInError::NotAdmitted(refusal) => refusal.into(),
    }
}

/// `GET /api/v1/sessions`: the valid sessions of the signed-in user, latest first.
#[utoipa::path(
    get, path = "/api/v1/sessions", operation_id = "listSessions", tag = "sessions",
    summary = "List the own sessions",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Valid sessions, latest first", body = SessionsResponse)),
)]
pub(super) async fn list(
    SignedIn { person, .. }: SignedIn,
    own_sessions: web::Data<OwnSessions>,
) -> Result<Json<SessionsResponse>, Problem> {
    let sessions = own_sessions.list(&person).await.map_err(|cause| {
        error!(error = &cause as &dyn Error, "sessions were not listed");
        unavailable(cause)
    })?;
    let current = person.session.id;
    let sessions = sessions.iter().map(|session| DeviceView::masked(session, current)).collect();
    Ok(Json(SessionsResponse { sessions }))
}

/// Sessions of the user.
#[derive(Serialize, ToSchema)]
#[schema(as = Devices)]
pub(super) struct SessionsResponse {
    sessions: Vec<DeviceView>,
}

/// A session, as its owner sees it among others.
#[derive(Serialize, ToSchema)]
#[schema(as = Device)]
pub(super) struct DeviceView {
    id: Uuid,
    /// Whether the request belongs to this session.
    current: bool,
    browser: String,
    system: String,
    #[schema(value_type = DeviceKindName)]
    kind: &'static str,
    #[schema(required = true)]
    place: Option<String>,
    /// Network of the client; the whole address in an export.
    address: String,
    remembered: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Time of the last use, with a precision of a tenth of the idle time.
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    /// Time of the end, whether or not the session is used.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl DeviceView {
    /// With the network of the address only.
    fn masked(session: &Session, current: SessionId) -> Self {
        let address = session.address.parse::<IpAddr>().map(masked_address).unwrap_or_default();
        Self { address, ..Self::whole(session, current) }
    }

    /// With the whole address.
    pub(super) fn whole(session: &Session, current: SessionId) -> Self {
        Self {
            id: session.id.as_uuid(),
            current: session.id == current,
            browser: session.device.browser().to_owned(),
            system: session.device.system().to_owned(),
            kind: session.device.kind().as_str(),
            place: session.place.clone(),
            address: session.address.clone(),
            remembered: session.remembered,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

problems! { EndProblems: NotFound }

/// `DELETE /api/v1/sessions/{id}`: ends one session. If it is the session of the request, the browser
/// loses its cookie.
#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}", operation_id = "endSession", tag = "sessions",
    summary = "End a session",
    params(("id" = Uuid, Path, description = "Id of the session")),
    security(("cookie" = []), ("bearer" = [])),
    responses((status = 204, description = "The session has ended"), EndProblems),
)]
pub(super) async fn end(
    SignedIn { person, carrier }: SignedIn,
    Caller(client): Caller,
    id: web::Path<Uuid>,
    own_sessions: web::Data<OwnSessions>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let id = SessionId::from_uuid(*id);
    if !own_sessions.end(&person, id, &client).await.map_err(unavailable)? {
        return Err(Code::NotFound.into());
    }
    let mut response = HttpResponse::NoContent().finish();
    if id == person.session.id && Transport::of(carrier) == Transport::Cookie {
        cookies.end_session(&mut response);
    }
    Ok(response)
}

/// Sessions that were ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedSessions)]
pub(super) struct EndedResponse {
    /// Number of sessions that were ended.
    ended: usize,
}

/// `DELETE /api/v1/sessions`: ends all sessions of the user except the one of the request.
#[utoipa::path(
    delete, path = "/api/v1/sessions", operation_id = "endOtherSessions", tag = "sessions",
    summary = "End all other sessions",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The other sessions have ended", body = EndedResponse)),
)]
pub(super) async fn end_others(
    SignedIn { person, .. }: SignedIn,
    Caller(client): Caller,
    own_sessions: web::Data<OwnSessions>,
) -> Result<Json<EndedResponse>, Problem> {
    let ended = own_sessions.end_others(&person, &client).await.map_err(unavailable)?;
    Ok(Json(EndedResponse { ended }))
}

fn unavailable(_: Unavailable) -> Problem {
    Code::Unavailable.into()
}
