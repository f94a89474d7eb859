//! Pages, the files that they load, and the header fields of every answer.

mod account;
mod entering;
mod information;
mod returning;

use std::{fs, io::Read};

use reqwest::{Method, header};
use tempfile::tempdir;
use uuid::Uuid;

use crate::support::{Person, Service, binary};

/// Pages that are shown without a session, and without an earlier step.
const PAGES: [&str; 6] =
    ["/sign-up", "/sign-in", "/sign-in/password", "/forgot", "/undo-number", "/dev/inbox"];

#[tokio::test]
async fn each_page_is_html_and_its_files_exist() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in PAGES {
        let page = person.get_bare(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.cookie("passport_session"), None);
        let text = page.text();
        let loaded = text.split('"').filter(|it| it.starts_with("/static/"));
        let loaded: Vec<_> = loaded.collect();
        assert!(!loaded.is_empty(), "{path}");
        for asset in loaded {
            let reply = person.get(asset).await;
            assert_eq!(reply.status, 200, "{asset}");
            let expected = match asset.rsplit('.').next().unwrap() {
                "css" => "text/css; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                "svg" => "image/svg+xml",
                other => panic!("{other}"),
            };
            assert_eq!(reply.header("content-type"), expected, "{asset}");
        }
    }
}

#[tokio::test]
async fn a_head_is_answered_as_its_get_without_the_body() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in ["/", "/static/css/base.css", "/healthz", "/readyz", "/nothing"] {
        let get = person.get(path).await;
        let head = person.send(person.request(Method::HEAD, path)).await;
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
        assert!(head.body.is_empty());
    }
}

#[tokio::test]
async fn a_current_copy_is_not_sent_again() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in ["/static/passport.css", "/static/js/page.js"] {
        let first = person.get(path).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.len() > 10, "{etag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let request = person.request(Method::GET, path).header(header::IF_NONE_MATCH, &known);
            let again = person.send(request).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{known}");
            assert_eq!(again.header("etag"), etag);
        }
        for other in ["\"x\"", "", "x", "\"\u{e9}\""] {
            let request = person.request(Method::GET, path).header(header::IF_NONE_MATCH, other);
            assert_eq!(person.send(request).await.status, 200, "{other}");
        }
    }
}

#[tokio::test]
async fn p7_files_are_sent_compressed_as_the_browser_prefers() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let path = "/static/passport.css";
    let plain = person.get(path).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "accept-encoding");
    let mut tags = vec![plain.header("etag").to_owned()];
    for (accepted, encoding) in [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip")] {
        let request = person.request(Method::GET, path);
        let reply = person.send(request.header(header::ACCEPT_ENCODING, accepted)).await;
        assert_eq!(reply.header("content-encoding"), encoding);
        assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(reply.header("vary"), "accept-encoding");
        assert!(reply.body.len() * 2 < plain.body.len(), "{} bytes", reply.body.len());
        assert_eq!(decoded(encoding, &reply.body), plain.body);
        let tag = reply.header("etag").to_owned();
        let request = person.request(Method::GET, path).header(header::IF_NONE_MATCH, &tag);
        let again = person.send(request.header(header::ACCEPT_ENCODING, accepted)).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
        assert_eq!(again.header("vary"), "accept-encoding");
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "each form has a tag of its own");
}

fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut plain),
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut plain),
        other => panic!("{other}"),
    }
    .unwrap();
    plain
}

#[tokio::test]
async fn p7_files_under_their_version_are_kept_for_ever() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let page = person.get("/problems/code-wrong").await.text();
    let stylesheet = page.split('"').find(|it| it.ends_with("/passport.css")).unwrap().to_owned();
    let reply = person.get(&stylesheet).await;
    assert_eq!(reply.status, 200, "{stylesheet}");
    assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
    let present = person.get("/static/passport.css").await;
    assert_eq!((present.header("cache-control"), &present.body), ("no-cache", &reply.body));

    // A page of another release, while this one is rolled out.
    let version = stylesheet.split('/').nth(2).unwrap();
    let former = "0123456789abcdef";
    assert_eq!(version.len(), former.len());
    let reply = person.get(&stylesheet.replace(version, former)).await;
    assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, "no-cache"));
    assert_eq!(reply.body, present.body);
    for other in ["0123456789abcdeg", "0123456789ABCDEF", "0123", "js", ""] {
        let reply = person.get(&stylesheet.replace(version, other)).await;
        assert_eq!(reply.status, 404, "{other}");
    }
    for path in [format!("/static/{version}"), format!("/static/{version}/nothing.css")] {
        let reply = person.get(&path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.header("cache-control"), "", "an absence is not kept");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_pages_is_served() {
    let service = Service::start(&[]).await;
    fs::write(service.folder().path().join("secret.txt"), "secret").unwrap();
    for path in [
        "/static/../Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static/%2e%2e%2fCargo.toml",
        "/static/..%5cCargo.toml",
        "/static/....//Cargo.toml",
        "/static/js/../../Cargo.toml",
        "/static/js/../../../../../../etc/passwd",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/index.html%00.css",
        "/static/",
        "/static",
        "/static/js",
        "/static/js/",
        "/static/nothing.js",
        "/passport.db",
        "/passport.secret",
        "/secret.txt",
        "/static/../secret.txt",
        "/.git/config",
        "/../../etc/passwd",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = service.send_raw(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(answer.ends_with("Not found\n"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_folder_beside_the_binary_does_not_replace_the_embedded_files() {
    let folder = std::sync::Arc::new(tempdir().unwrap());
    fs::create_dir(folder.path().join("static")).unwrap();
    fs::write(folder.path().join("static/planted.txt"), "planted").unwrap();
    let service = Service::start_in(&folder, &[]).await;
    assert!(binary().is_file());
    assert_eq!(Person::new(&service).get("/static/planted.txt").await.status, 404);
}

#[tokio::test]
async fn ses_9_every_answer_carries_the_security_headers_and_an_id() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let picture = format!("/passport/image_code?cur_id={}", Uuid::new_v4());
    let mut ids = Vec::new();
    for path in [
        "/",
        "/static/css/base.css",
        "/passport/image_code",
        &picture,
        "/passport/audio_code",
        "/passport/nothing",
        "/api/v1/challenges/nothing/image",
        "/api/v1/session",
        "/api/v1/nothing",
        "/healthz",
        "/readyz",
        "/dev/inbox.json",
        "/nothing",
        "/static/nothing",
    ] {
        let reply = person.get(path).await;
        let policy = reply.header("content-security-policy");
        for part in
            ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("strict-transport-security"), "", "not over plain http");
        assert_eq!(reply.header("server"), "", "{path}");
        let id = reply.header("x-request-id").to_owned();
        assert_eq!(id.len(), 32, "{path}");
        service.log_up_to(&reply).await;
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 14);
}

#[tokio::test]
async fn ses_9_behind_https_browsers_are_told_to_stay_there() {
    let service = Service::start(&[("http.public_url", "https://passport.test")]).await;
    let person = Person::new(&service);
    for path in ["/", "/nothing", "/passport/image_code"] {
        let reply = person.get(path).await;
        assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
    }
}

#[tokio::test]
async fn an_unknown_page_is_a_plain_404() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in ["/nothing", "/sign-up/", "/%00", "/%ff", "/passportx", "/admin.php", "/dev"] {
        let reply = person.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8", "{path}");
        assert!(!reply.text().contains(path));
    }
}

#[tokio::test]
async fn a_browser_gets_a_page_for_404() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in ["/nothing", "/sign-up/", "/static/nothing", "/dev", "/passportx"] {
        let request = person.request(Method::GET, path);
        let reply = person
            .send(request.header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8"));
        let reply = reply.await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(reply.header("vary"), "accept");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(reply.text().contains("<h1>There is no such page</h1>"), "{}", reply.text());
    }
    // Requests for files, and those of the API, get no page.
    for (path, accepted) in [("/nothing", "*/*"), ("/api/v1/nothing", "text/html")] {
        let request = person.request(Method::GET, path).header(header::ACCEPT, accepted);
        let reply = person.send(request).await;
        assert_eq!(reply.status, 404);
        assert!(!reply.header("content-type").contains("html"), "{path}");
    }
}
