//! What an application is told of the person.

use actix_web::{HttpResponseBuilder, http::header::HeaderName};
use passport_auth::Authenticated;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::format_description::well_known::Rfc3339;

use crate::{http::api::names::method_name, settings::ForwardAuthSettings};

const USER: HeaderName = HeaderName::from_static("x-passport-user");
const SESSION: HeaderName = HeaderName::from_static("x-passport-session");
const METHODS: HeaderName = HeaderName::from_static("x-passport-methods");
const AUTHENTICATED_AT: HeaderName = HeaderName::from_static("x-passport-authenticated-at");
const NICK: HeaderName = HeaderName::from_static("x-passport-nick");
const MOBILE: HeaderName = HeaderName::from_static("x-passport-mobile");

/// All bytes but the unreserved ones of RFC 3986.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Adds the header fields that the proxy copies to the request of the application.
pub(super) fn tell(
    response: &mut HttpResponseBuilder,
    person: &Authenticated,
    told: ForwardAuthSettings,
) {
    let Authenticated { user, session, .. } = person;
    let methods: Vec<_> = session.methods.iter().map(method_name).collect();
    // Whole seconds, rounded down: a proof does not seem younger than it is.
    let proved = session.authenticated_at.replace_nanosecond(0).unwrap_or(session.authenticated_at);
    response
        .insert_header((USER, user.id.as_uuid().to_string()))
        .insert_header((SESSION, session.id.as_uuid().to_string()))
        .insert_header((METHODS, methods.join(",")))
        .insert_header((AUTHENTICATED_AT, proved.format(&Rfc3339).unwrap_or_default()));
    if told.nick_name {
        let name = utf8_percent_encode(user.nick_name.as_str(), &ESCAPED);
        response.insert_header((NICK, name.to_string()));
    }
    if let Some(phone) = user.phone.as_ref().filter(|_| told.mobile) {
        response.insert_header((MOBILE, phone.as_e164().to_owned()));
    }
}
