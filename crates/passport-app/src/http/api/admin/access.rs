use std::marker::PhantomData;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderValue},
    web,
};
use futures::future::LocalBoxFuture;
use passport_auth::{Admission, Operator, OperatorError, OperatorRefusal};
use passport_user::Scope;
use serde::de::DeserializeOwned;

use crate::http::{
    api::problem::{Code, Problem},
    extract::{Caller, Json},
};

/// A scope as a type, so that the signature of a handler says what it needs.
pub(in crate::http::api) trait Needed: 'static {
    const SCOPE: Scope;
}

macro_rules! needed {
    ($($name:ident)+) => {
        $(
            #[doc = concat!("[`Scope::", stringify!($name), "`]")]
            pub(in crate::http::api) enum $name {}

            impl Needed for $name {
                const SCOPE: Scope = Scope::$name;
            }
        )+
    };
}

needed! { UsersRead UsersReveal UsersWrite SessionsWrite AuditRead AuditPurge }

/// A request to read, whose token has the scope `N`. What only reads has no event of its own.
pub(in crate::http::api) struct By<N: Needed>(PhantomData<N>);

/// The operator, and the body. The body is read once the operator is admitted.
pub(in crate::http::api) struct Asked<N: Needed, B> {
    pub(super) operator: Operator,
    pub(super) body: B,
    needed: PhantomData<N>,
}

impl<N: Needed> FromRequest for By<N> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            admit(&request, N::SCOPE).await?;
            Ok(Self(PhantomData))
        })
    }
}

impl<N: Needed, B: DeserializeOwned + 'static> FromRequest for Asked<N, B> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let operator = admit(&request, N::SCOPE).await?;
            let Json(body) = Json::<B>::from_request(&request, &mut payload).await?;
            Ok(Self { operator, body, needed: PhantomData })
        })
    }
}

async fn admit(request: &HttpRequest, scope: Scope) -> Result<Operator, Problem> {
    let admission = request.app_data::<web::Data<Admission>>().ok_or(Code::ServerError)?;
    let Caller(client) = Caller::of(request);
    Ok(admission.admit(token(request), scope, &client).await?)
}

/// The token of the only field `Authorization`.
fn token(request: &HttpRequest) -> Option<&str> {
    const SCHEME: &[u8] = b"bearer ";
    let mut fields = request.headers().get_all(header::AUTHORIZATION);
    let field: &HeaderValue = fields.next()?;
    let (scheme, token) = field.as_bytes().split_at_checked(SCHEME.len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(SCHEME) && fields.next().is_none();
    is_bearer.then(|| str::from_utf8(token).ok().map(str::trim))?
}

impl From<OperatorRefusal> for Problem {
    fn from(refusal: OperatorRefusal) -> Self {
        match refusal {
            OperatorRefusal::Denied(denied) => denied.into(),
            OperatorRefusal::Unknown | OperatorRefusal::Expired => Code::TokenInvalid.into(),
            OperatorRefusal::NoScope(scope) => {
                Self::from(Code::ScopeMissing).with("scope", scope.as_str())
            }
        }
    }
}

impl From<OperatorError> for Problem {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::Denied(denied) => denied.into(),
            OperatorError::NoUser | OperatorError::NoNumber => Code::NotFound.into(),
            OperatorError::Disabled => Code::AccountDisabled.into(),
            OperatorError::Conflict => Code::Conflict.into(),
        }
    }
}
