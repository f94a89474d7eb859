use std::error::Error;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures::future::LocalBoxFuture;
use passport_auth::{Authenticate, Authenticated};
use tracing::error;

use super::credential::Credential;
use crate::http::api::problem::{Code, Problem};

/// The user and session of a request. Requests without a live session are refused with 401.
#[derive(Debug)]
pub(in crate::http) struct SignedIn(pub(in crate::http) Authenticated);

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let credential = Credential::of(request);
        let authenticate = request.app_data::<web::Data<Authenticate>>().cloned();
        Box::pin(async move {
            let credential = credential.ok_or(Code::NotSignedIn)?;
            let authenticate = authenticate.ok_or(Code::ServerError)?;
            match authenticate.authenticate(credential.token()).await {
                Ok(Some(authenticated)) => Ok(Self(authenticated)),
                Ok(None) => Err(Code::NotSignedIn.into()),
                Err(error) => {
                    error!(error = &error as &dyn Error, "session lookup failed");
                    Err(Code::Unavailable.into())
                }
            }
        })
    }
}
