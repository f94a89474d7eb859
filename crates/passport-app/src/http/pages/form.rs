//! Forms of the pages.

mod fields;

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use passport_pages::Refusal;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::http::{
    cookies::Cookies,
    extract::BodyError,
    guard::{
        csrf::{CrossSite, Origins, require_own_form},
        refusal_log::OriginWarnings,
    },
};

/// The fields of a form, and whether a page of this service has sent it.
///
/// The middleware [`receive`](super::receive::receive) reads it, so a resource with a form needs that.
#[derive(Default)]
pub(super) struct Form {
    fields: Vec<(String, Zeroizing<String>)>,
    /// Why the form must not be acted on. The page is shown again, with what was typed.
    pub(super) refusal: Option<Refusal>,
}

impl Form {
    /// Reads the body of a request. What is wrong with it becomes the refusal.
    pub(super) fn read(request: &HttpRequest, body: Result<&[u8], &BodyError>) -> Self {
        let body = match body {
            Ok(body) if is_form(request) => body,
            Ok(_) => return Self::refused(Refusal::FormMediaType),
            Err(fault) => return Self::refused(refusal_of(fault)),
        };
        let Some(fields) = fields::parse(body) else {
            return Self::refused(Refusal::FormMalformed);
        };
        let mut form = Self { fields, refusal: None };
        form.refusal = foreign(request, form.text("csrf_token"));
        if matches!(form.refusal, Some(Refusal::CrossSite | Refusal::Origin { .. })) {
            // What another site has typed is not shown.
            form.fields.clear();
        }
        form
    }

    fn refused(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), fields: Vec::new() }
    }

    /// The field of that name; empty if there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        let mut fields = self.fields.iter();
        fields.find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The same without white space at both ends.
    pub(super) fn trimmed(&self, name: &str) -> &str {
        self.text(name).trim()
    }

    /// Whether a box is ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Whether the button of that name and value has sent the form.
    pub(super) fn asks_to(&self, act: &str) -> bool {
        self.text("act") == act
    }

    /// Whether the form can be recognized if it is sent again: it was rendered with a random id, and it
    /// asks for more than another picture.
    pub(super) fn can_be_repeated(&self) -> bool {
        self.refusal.is_none()
            && !self.asks_to("renew")
            && Uuid::try_parse(self.text("attempt")).is_ok()
    }
}

impl FromRequest for Form {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = request.extensions_mut().remove();
        ready(Ok(form.unwrap_or_else(|| Self::refused(Refusal::Server))))
    }
}

fn refusal_of(fault: &BodyError) -> Refusal {
    match fault {
        BodyError::TooLarge => Refusal::FormTooLarge,
        BodyError::TimedOut => Refusal::FormTimedOut,
        BodyError::MediaType => Refusal::FormMediaType,
        BodyError::Incomplete | BodyError::NotAnObject | BodyError::Field(_) => {
            Refusal::FormMalformed
        }
    }
}

/// Why the form is not taken as one of this service's pages.
fn foreign(request: &HttpRequest, token: &str) -> Option<Refusal> {
    let cookies = request.app_data::<web::Data<Cookies>>();
    let origins = request.app_data::<web::Data<Origins>>();
    let warnings = request.app_data::<web::Data<OriginWarnings>>();
    let (Some(cookies), Some(origins), Some(warnings)) = (cookies, origins, warnings) else {
        return Some(Refusal::Server);
    };
    let tokens = cookies.csrf(request);
    let refusal = require_own_form(request, &tokens, origins, token.as_bytes()).err()?;
    warnings.record(request, refusal, origins);
    Some(match refusal {
        CrossSite::Origin => match origins.named() {
            Some(expected) => Refusal::Origin { expected: expected.to_owned() },
            None => Refusal::CrossSite,
        },
        CrossSite::FetchSite => Refusal::CrossSite,
        // The page was rendered with a cookie, which the browser did not send back.
        CrossSite::Token if !tokens.is_sent && !token.is_empty() => Refusal::Cookies,
        CrossSite::Token => Refusal::Stale,
    })
}

fn is_form(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
