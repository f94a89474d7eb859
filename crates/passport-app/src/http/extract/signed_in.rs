use std::error::Error;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures::future::LocalBoxFuture;
use passport_auth::{Authenticate, Authenticated};
use tracing::error;

use super::credential::{Carrier, Credential};
use crate::http::api::problem::{Code, Problem};

/// The user and session of a request. Requests without a live session are refused with 401.
#[derive(Debug)]
pub(in crate::http) struct SignedIn {
    pub(in crate::http) person: Authenticated,
    /// How the token was sent, and so how a new one is answered.
    pub(in crate::http) carrier: Carrier,
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let credential = Credential::of(request);
        let authenticate = request.app_data::<web::Data<Authenticate>>().cloned();
        Box::pin(async move {
            let Credential { token, carrier } = credential?.ok_or(Code::NotSignedIn)?;
            let authenticate = authenticate.ok_or(Code::ServerError)?;
            match authenticate.authenticate(&token).await {
                Ok(Some(person)) => Ok(Self { person, carrier }),
                Ok(None) => Err(Code::NotSignedIn.into()),
                Err(error) => {
                    error!(error = &error as &dyn Error, "session lookup failed");
                    Err(Code::Unavailable.into())
                }
            }
        })
    }
}
