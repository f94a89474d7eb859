use std::{convert::Infallible, future::Ready, future::ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::{client, device};
use crate::http::{locale, request_id::RequestId};

/// The client of a request, for limits, sessions, messages and the record of events.
#[derive(Debug, Clone)]
pub(in crate::http) struct Caller(pub(in crate::http) passport_auth::Caller);

impl Caller {
    pub(in crate::http) fn of(request: &HttpRequest) -> Self {
        let address = client::address(request).to_canonical();
        Self(passport_auth::Caller {
            client: address.into(),
            address,
            device: device::of(request.headers()),
            request_id: RequestId::of(request).map(|id| id.as_str().to_owned()),
            locale: locale::of(request),
        })
    }
}

impl FromRequest for Caller {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use actix_web::{HttpMessage, test::TestRequest};
    use passport_auth::ClientAddress;

    use super::*;

    #[test]
    fn a_caller_has_an_address_a_device_and_the_id_of_the_request() {
        let peer = "[::ffff:198.51.100.7]:5678".parse().unwrap();
        let request = TestRequest::get()
            .peer_addr(peer)
            .insert_header(("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/131.0"))
            .to_srv_request();
        let id = RequestId::assign(&request);
        let Caller(caller) = Caller::of(request.request());
        assert_eq!(caller.address.to_string(), "198.51.100.7");
        assert_eq!(caller.client, ClientAddress::from(caller.address));
        assert_eq!((caller.device.browser(), caller.device.system()), ("Firefox", "Linux"));
        assert_eq!(caller.request_id.as_deref(), Some(id.as_str()));
        assert!(id.as_str().len() == 32 && id.as_str().bytes().all(|it| it.is_ascii_hexdigit()));
        request.extensions_mut().clear();
        assert_eq!(Caller::of(request.request()).0.request_id, None);
    }

    #[test]
    fn the_longest_address_fits_the_record() {
        let longest = IpAddr::from([0xff; 16]);
        assert!(longest.to_string().len() <= 45);
    }
}
