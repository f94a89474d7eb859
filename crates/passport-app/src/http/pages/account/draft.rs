//! A number that was typed before a confirmation was needed, kept by the browser until then. It is
//! encrypted, because the browser's files may be read by others.

use actix_web::{HttpRequest, HttpResponse, web};

use super::member::Member;
use crate::http::pages::{flow::FlowKey, form::Form};

const PURPOSE: &[u8] = b"draft of a number";

/// A number as it was typed.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) mobile: String,
    pub(super) country: String,
}

/// Keeps the number of `form` in the browser.
pub(super) fn keep(
    member: &Member,
    response: &mut HttpResponse,
    form: &Form,
    key: &web::Data<FlowKey>,
) {
    let typed = [("mobile", form.trimmed("mobile")), ("country", form.text("country"))];
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
    // A number has 16 digits at most. A longer text is not worth a cookie.
    if text.len() <= 256 {
        let sealed = key.seal_bytes(PURPOSE, text.as_bytes(), &mut rand::rng());
        member.context.cookies.set_draft(response, sealed);
    }
}

/// The number that the browser keeps.
pub(super) fn find(
    member: &Member,
    request: &HttpRequest,
    key: &web::Data<FlowKey>,
) -> Option<Draft> {
    let text = key.open_bytes(PURPOSE, member.context.cookies.draft(request)?)?;
    let mut draft = Draft::default();
    for (name, value) in form_urlencoded::parse(&text) {
        match &*name {
            "mobile" => draft.mobile = value.into_owned(),
            "country" => draft.country = value.into_owned(),
            _ => {}
        }
    }
    Some(draft)
}
