//! Pages that explain the problems of `/api/v1`. The `type` of a problem is the address of its page.

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::files::{address, not_found};
use crate::http::api::problem::Code;

/// `GET /problems/{code}`
pub(super) async fn explain(request: HttpRequest, slug: web::Path<String>) -> HttpResponse {
    let Some(code) = Code::named(&slug) else { return not_found(&request) };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("text/html; charset=utf-8")
        .body(page(code))
}

fn page(code: Code) -> String {
    let row = code.row();
    let (slug, status, errno) = (row.slug, row.status, row.errno.as_str());
    let (title, title_zh, when) = (html(row.title), html(row.title_zh), html(row.when));
    let (icon, stylesheet) = (address("favicon.svg"), address("passport.css"));
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{title} · Passport</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <link rel="icon" href="{icon}" type="image/svg+xml">
  <link rel="stylesheet" href="{stylesheet}">
</head>
<body>
  <main class="page">
    <h1>{title}</h1>
    <p class="lead" lang="zh-Hans">{title_zh}</p>
    <p>{when}</p>
    <p><code>{slug}</code>, status {status}, <code>errno</code> {errno}</p>
  </main>
</body>
</html>
"#
    )
}

/// Text of the table as HTML: what stands between backticks is code.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut parts = escaped.split('`');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |page, (at, part)| {
        page + if at % 2 == 0 { "<code>" } else { "</code>" } + part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_html() {
        assert_eq!(html("a `b<c>` & `d`."), "a <code>b&lt;c&gt;</code> &amp; <code>d</code>.");
        assert_eq!(html(""), "");
    }

    #[test]
    fn code_is_closed_in_every_text() {
        for code in Code::ALL {
            assert_eq!(code.row().when.matches('`').count() % 2, 0, "{code:?}");
            assert!(!code.row().title.contains('`'), "{code:?}");
        }
    }
}
