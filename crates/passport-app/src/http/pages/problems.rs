//! Pages that explain the problems of `/api/v1`. The `type` of a problem is the address of its page.

mod titles;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use passport_pages::{Language, ProblemView};

use super::{context::Context, missing::not_found};
use crate::http::api::problem::Code;

/// `GET /problems/{code}`
pub(super) async fn explain(
    request: HttpRequest,
    context: Context,
    slug: web::Path<String>,
) -> HttpResponse {
    let Some(code) = Code::named(&slug) else { return not_found(&request) };
    let row = code.row();
    let view = ProblemView {
        title: match context.language {
            Language::En => row.title,
            Language::ZhHans => row.title_zh,
            Language::ZhHant => titles::zh_hant(code),
        },
        when: row.when,
        code: row.slug,
        status: row.status.as_u16(),
        errno: row.errno.as_str(),
    };
    context.respond(StatusCode::OK, view.render(&context.page()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_closed_in_every_text() {
        for code in Code::ALL {
            assert_eq!(code.row().when.matches('`').count() % 2, 0, "{code:?}");
            assert!(!code.row().title.contains('`'), "{code:?}");
        }
    }

    #[test]
    fn titles_in_chinese_are_those_of_their_script() {
        const SIMPLIFIED: &str =
            "们这个为会发电话号码请输错误账录册验证过时间说无网络务试页开关让还";
        for code in Code::ALL {
            let title = titles::zh_hant(*code);
            assert!(!title.chars().any(|it| SIMPLIFIED.contains(it)), "{code:?} {title}");
            assert!(!code.row().title_zh.ends_with('。') && !title.ends_with('。'), "{code:?}");
        }
    }
}
