//! What pages show of the operator.

use std::{fs, path::Path};

use reqwest::{Method, redirect::Policy};
use tempfile::TempDir;

use crate::support::{Person, Service};

const LOGO: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 24'>\
    <script>alert(1)</script><style>rect{fill:teal}</style><rect width='9' height='9'/></svg>";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The values of the attribute `name` that begin with `start`.
fn addresses(page: &str, name: &str, start: &str) -> Vec<String> {
    let start_of_value = format!("{name}=\"");
    let values = page.split(&start_of_value).skip(1).filter_map(|it| it.split('"').next());
    values.filter(|it| it.starts_with(start)).map(str::to_owned).collect()
}

async fn start(path: &Path, others: &[(&str, &str)]) -> Service {
    let mut settings = vec![("brand.folder", path.to_str().unwrap())];
    settings.extend(others);
    Service::start(&settings).await
}

#[tokio::test]
async fn p9_the_pages_show_the_brand() {
    let folder = folder(&[("logo.svg", LOGO), ("terms.md", "Be kind."), ("privacy.md", "Few.")]);
    let service = start(
        folder.path(),
        &[
            ("brand.name.zh-Hans", "艾克米<b>"),
            ("brand.name.en", "Acme"),
            ("brand.accent", "#1a4fa3"),
            ("brand.filing_number", "京ICP备12345678号-1"),
            ("brand.police_filing", "京公网安备11010502000001号"),
            ("brand.support_url", "mailto:help@acme.example"),
            ("brand.support_text", "Ask us"),
        ],
    )
    .await;
    let person = Person::new(&service);
    for (language, name) in
        [("en", "Acme"), ("zh-CN", "艾克米&lt;b&gt;"), ("zh-TW", "艾克米&lt;b&gt;")]
    {
        let request = person.request(Method::GET, "/sign-in").header("Accept-Language", language);
        let page = person.send(request).await.text();
        for text in [
            name,
            "京ICP备12345678号-1",
            "https://beian.miit.gov.cn/",
            "webSearch?code=11010502000001",
            "mailto:help@acme.example",
            "Ask us",
            "href=\"/terms\"",
            "href=\"/privacy\"",
            "width=\"160\" height=\"32\"",
        ] {
            assert!(page.contains(text), "{language} {text}: {page}");
        }
        assert!(!page.contains("<b>"));

        let [sheet] = &addresses(&page, "href", "/brand/")[..] else { panic!("{page}") };
        let sheet = person.get(sheet).await;
        assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
        let text = sheet.text();
        assert!(text.starts_with(":root { --accent: #1a4fa3; --on-accent: #ffffff; }"), "{text}");
        assert!(text.contains("prefers-color-scheme: dark"), "{text}");
        let [logo] = &addresses(&page, "src", "/brand/")[..] else { panic!("{page}") };
        let logo = person.get(logo).await;
        assert_eq!(logo.header("content-type"), "image/svg+xml");
        assert_eq!(logo.header("x-content-type-options"), "nosniff");
        assert_eq!(
            logo.header("content-security-policy"),
            "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        );
        assert_eq!(logo.text(), LOGO);
    }
    for path in ["/brand/logo.svg", "/brand/", "/brand/terms.md", "/brand/..%2Fpassport.db"] {
        assert_eq!(person.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn p9_legal_texts_are_pages_in_the_language_of_the_reader() {
    let folder = folder(&[
        ("terms.en.md", "# Our terms\n\n- Be **kind**.\n- <script>alert(1)</script>"),
        ("terms.zh-Hans.txt", "请友善。"),
    ]);
    let service =
        start(folder.path(), &[("brand.privacy_url", "https://acme.example/privacy")]).await;
    let person = Person::new(&service);
    let get = async |path: &str, language: &str| {
        let request = person.request(Method::GET, path).header("Accept-Language", language);
        person.send(request).await
    };
    let english = get("/terms", "en").await;
    assert_eq!(english.status, 200);
    assert_eq!(english.header("content-type"), "text/html; charset=utf-8");
    let text = english.text();
    for part in
        ["<h1>Our terms</h1>", "<strong>kind</strong>", "lang=\"en\"", "&lt;script&gt;alert"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let chinese = get("/terms", "zh-TW").await;
    let text = chinese.text();
    assert!(text.contains("<html lang=\"zh-Hant\">"), "{text}");
    assert!(text.contains("<article class=\"legal\" lang=\"zh-Hans\">"), "{text}");
    assert!(text.contains("<p>请友善。</p>"), "{text}");
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let moved = person.send_bare(http.get(format!("{}/privacy", service.url()))).await;
    assert_eq!(moved.status, 303);
    assert_eq!(moved.header("location"), "https://acme.example/privacy");
}

#[tokio::test]
async fn p9_without_a_brand_there_is_nothing_of_it() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let page = person.get("/sign-in").await.text();
    assert!(
        !page.contains("/brand/") && !page.contains("/terms") && !page.contains("beian"),
        "{page}"
    );
    for path in ["/terms", "/privacy", "/brand/x.css"] {
        assert_eq!(person.get(path).await.status, 404, "{path}");
    }
}
