//! Terms and privacy policy of the operator.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use passport_pages::{LegalKind, LegalView};

use super::{
    context::{Context, see_other},
    language,
    missing::not_found,
    site::Site,
};
use crate::{http::locale, settings::Legal};

/// `GET /terms`
pub(super) async fn terms(
    request: HttpRequest,
    context: Context,
    site: web::Data<Site>,
) -> HttpResponse {
    show(&request, &context, LegalKind::Terms, site.terms.as_ref())
}

/// `GET /privacy`
pub(super) async fn privacy(
    request: HttpRequest,
    context: Context,
    site: web::Data<Site>,
) -> HttpResponse {
    show(&request, &context, LegalKind::Privacy, site.privacy.as_ref())
}

fn show(
    request: &HttpRequest,
    context: &Context,
    kind: LegalKind,
    legal: Option<&Legal>,
) -> HttpResponse {
    match legal {
        None => not_found(request),
        Some(Legal::Url(url)) => see_other(url),
        Some(Legal::Text(texts)) => {
            let Some((own, text)) = texts.find(language::locale(context.language)) else {
                return not_found(request);
            };
            let view = LegalView {
                kind,
                title: text.title(),
                language: own.map(locale::tag),
                html: text.html(),
            };
            context.respond(StatusCode::OK, view.render(&context.page()))
        }
    }
}
