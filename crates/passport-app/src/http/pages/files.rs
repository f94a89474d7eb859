//! Files of `static/`, embedded in the binary.

mod embedded;
mod encoding;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{
        self, AcceptEncoding, ETag, EntityTag, Header, HeaderValue, IfNoneMatch, TryIntoHeaderValue,
    },
    web,
};

use passport_pages::Assets;

use embedded::File;
use encoding::Form;

/// A browser may store the answer, and has to revalidate it before each use.
const REVALIDATED: &str = "no-cache";

/// The address changes with the content, so a stored answer is never outdated.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Entry module.
const SCRIPT: &str = "js/page.js";

/// Modules that the entry module imports, directly or not.
const MODULES: [&str; 2] = ["js/forms.js", "js/visit.js"];

/// Addresses of the files that every page loads.
pub(super) fn assets() -> Assets {
    Assets {
        stylesheet: address("passport.css"),
        script: address(SCRIPT),
        modules: MODULES.map(address).into(),
        icon: address("favicon.svg"),
    }
}

/// Address of the file at `path` in `static/`, with the version of the whole folder.
pub(in crate::http) fn address(path: &str) -> String {
    format!("/static/{}/{path}", embedded::VERSION)
}

/// The file at `path` in `/static/`, with or without a version before it.
///
/// A former version answers with the present file: while a new release is rolled out, a page of the
/// old one may load its files from a new node.
pub(super) fn asset(request: &HttpRequest, path: &str) -> Option<HttpResponse> {
    let (version, rest) = path.split_once('/').unwrap_or_default();
    if let Some(file) = embedded::find(path) {
        return Some(found(request, file, REVALIDATED));
    }
    let file = embedded::find(rest)?;
    if version == embedded::VERSION {
        Some(found(request, file, IMMUTABLE))
    } else {
        is_version(version).then(|| found(request, file, REVALIDATED))
    }
}

/// Whether `text` has the form of a version.
fn is_version(text: &str) -> bool {
    text.len() == embedded::VERSION.len()
        && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// Answers with `file` in the form that the request prefers, or with 304.
fn found(request: &HttpRequest, file: &File, caching: &'static str) -> HttpResponse {
    let accepted = AcceptEncoding::parse(request).ok();
    let form = Form::preferred(file, accepted.as_ref());
    // A strong tag names one sequence of bytes, so each form has its own.
    let tag = match form {
        Form::Plain => file.digest.to_owned(),
        Form::Brotli | Form::Gzip => format!("{}-{}", file.digest, form.token()),
    };
    let tag = EntityTag::new_strong(tag);
    let mut response = if is_current(request, &tag) {
        HttpResponse::NotModified().finish()
    } else {
        let mut response = HttpResponse::Ok();
        if form != Form::Plain {
            response.insert_header((header::CONTENT_ENCODING, form.token()));
        }
        let content = web::Bytes::from_static(form.content(file));
        response.content_type(file.media_type).body(content)
    };
    let vary = HeaderValue::from_static(header::ACCEPT_ENCODING.as_str());
    response.headers_mut().insert(header::VARY, vary);
    cached(response, tag, caching)
}

/// Answers with `data`, or with 304 when the browser's copy has the same `digest`.
pub(in crate::http) fn file(
    request: &HttpRequest,
    media_type: &str,
    digest: &[u8; 32],
    data: web::Bytes,
) -> HttpResponse {
    let tag = EntityTag::new_strong(hex::encode(&digest[..16]));
    let response = if is_current(request, &tag) {
        HttpResponse::NotModified().finish()
    } else {
        HttpResponse::Ok().content_type(media_type).body(data)
    };
    cached(response, tag, REVALIDATED)
}

fn cached(mut response: HttpResponse, tag: EntityTag, caching: &'static str) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::ETAG, ETag(tag).try_into_value().expect("digests are ASCII"));
    response
}

/// Whether the browser's copy, if it has one, is the file with that tag.
fn is_current(request: &HttpRequest, tag: &EntityTag) -> bool {
    request.headers().contains_key(header::IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(known)) => known.iter().any(|it| it.weak_eq(tag)),
            Err(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text(path: &str) -> &'static str {
        str::from_utf8(embedded::find(path).expect(path).plain).unwrap()
    }

    /// Modules that the module at `path` imports at its top.
    fn imports(path: &str) -> impl Iterator<Item = String> {
        let imports = text(path).lines().filter(|line| line.starts_with("import "));
        imports.map(|line| {
            let name = line.split('"').nth(1).and_then(|it| it.strip_prefix("./"));
            format!("js/{}", name.expect("a relative import in one line"))
        })
    }

    #[test]
    fn p7_the_browser_is_told_of_each_module_that_the_script_imports() {
        let (mut seen, mut new) = (BTreeSet::new(), vec![SCRIPT.to_owned()]);
        while let Some(path) = new.pop() {
            new.extend(imports(&path).filter(|it| !seen.contains(it)));
            seen.insert(path);
        }
        seen.remove(SCRIPT);
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), MODULES);
    }

    #[test]
    fn files_can_be_found() {
        for file in embedded::FILES {
            assert_eq!(embedded::find(file.path).map(|it| it.path), Some(file.path));
        }
    }

    #[test]
    fn p7_style_and_scripts_of_a_page_are_small() {
        let sizes = [SCRIPT, "passport.css", "favicon.svg"].into_iter().chain(MODULES);
        let sizes = sizes.map(|path| {
            let file = embedded::find(path).unwrap();
            file.brotli.unwrap_or(file.plain).len()
        });
        let whole: usize = sizes.sum();
        assert!(whole < 12_000, "{whole} bytes");
    }
}
