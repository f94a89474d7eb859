//! The OpenAPI document: for programs, and as a page.

mod curl;
mod operation;
mod page;
mod schema;
mod text;

use std::sync::OnceLock;

use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use super::{
    api::document::{self, ApiSite},
    method::get_or_head,
    pages::file,
};

/// The document in both forms, rendered when it is first asked for: most processes never are.
#[derive(Debug)]
pub(crate) struct ApiDocument {
    site: ApiSite,
    forms: OnceLock<Forms>,
}

#[derive(Debug)]
struct Forms {
    json: Rendered,
    page: Rendered,
}

#[derive(Debug)]
struct Rendered {
    bytes: web::Bytes,
    digest: [u8; 32],
}

impl ApiDocument {
    pub(crate) fn of(site: ApiSite) -> Self {
        Self { site, forms: OnceLock::new() }
    }

    fn forms(&self) -> &Forms {
        self.forms.get_or_init(|| {
            let document = document::document(&self.site);
            Forms { json: document.to_string().into(), page: page::page(&document).into() }
        })
    }
}

impl From<String> for Rendered {
    fn from(text: String) -> Self {
        Self { digest: Sha256::digest(&text).into(), bytes: text.into() }
    }
}

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/openapi.json", get_or_head().to(json)).route("/docs", get_or_head().to(page));
}

/// `GET /openapi.json`
async fn json(request: HttpRequest, document: web::Data<ApiDocument>) -> HttpResponse {
    let Rendered { bytes, digest } = &document.forms().json;
    file(&request, "application/json", digest, bytes.clone())
}

/// `GET /docs`
async fn page(request: HttpRequest, document: web::Data<ApiDocument>) -> HttpResponse {
    let Rendered { bytes, digest } = &document.forms().page;
    file(&request, "text/html; charset=utf-8", digest, bytes.clone())
}
