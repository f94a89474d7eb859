use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use futures::future::LocalBoxFuture;
use passport_pages::Refusal;
use zeroize::Zeroizing;

use crate::http::{
    api::problem::Problem,
    cookies::Cookies,
    extract::{BodyError, read_body},
    guard::{
        csrf::{CrossSite, Origins, require_own_form},
        refusal_log::OriginWarnings,
    },
};

/// The fields of a form, and whether a page of this service has sent it.
pub(super) struct Form {
    fields: Vec<(String, Zeroizing<String>)>,
    /// Why the form must not be acted on. The page is shown again, with what was typed.
    pub(super) refusal: Option<Refusal>,
}

impl Form {
    /// The first field of that name; empty if there is none.
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
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read_body(payload).await?;
            if !is_form(&request) {
                return Err(BodyError::MediaType.into());
            }
            let fields = form_urlencoded::parse(&body).into_owned();
            let fields = fields.map(|(key, value)| (key, Zeroizing::new(value))).collect();
            let mut form = Self { fields, refusal: None };
            form.refusal = foreign(&request, form.text("csrf_token"));
            Ok(form)
        })
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
