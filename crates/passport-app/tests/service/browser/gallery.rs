//! Every page in every state and language, as the example `gallery` of `passport-pages` writes them.

use std::{fs, path::Path};

use serde_json::Value;

use super::{
    chrome::{Look, NARROW},
    page::Page,
    proxy::Proxy,
    walk_at,
};
use crate::support::{Person, Service};

#[expect(dead_code, reason = "`main` writes the pages to a folder for people")]
#[path = "../../../../passport-pages/examples/gallery/main.rs"]
mod states;

/// Visits each state in `language`, in a browser of its own.
async fn visit(language: &str, name: &str, look: Look, check: impl AsyncFn(&Page, &str)) {
    let proxy = Proxy::bind().await;
    let origin = proxy.origin();
    let service = Service::start(&[("http.public_url", &origin)]).await;
    let folder = tempfile::tempdir().unwrap();
    states::write(folder.path()).unwrap();
    copy_picture(&service, folder.path()).await;
    let mut files: Vec<_> = fs::read_dir(folder.path().join(language))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert!(files.len() > 5, "{files:?}");
    let served: &'static Path = Box::leak(folder.path().to_owned().into_boxed_path());
    proxy.serve(served, service.url().trim_start_matches("http://").to_owned());
    walk_at(&origin, name, look, async |page| {
        for file in &files {
            page.go(&format!("/{language}/{file}")).await;
            check(page, file.trim_end_matches(".html")).await;
        }
    })
    .await;
}

/// Stores a picture under the address that it has in the gallery.
async fn copy_picture(service: &Service, folder: &Path) {
    let person = Person::new(service);
    let page = person.get("/sign-in").await.text();
    let picture = page.split('"').find(|it| it.ends_with("/image")).unwrap();
    let folder = folder.join("api/v1/challenges").join("A".repeat(48));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("image"), person.get(picture).await.body).unwrap();
}

async fn is_accessible(page: &Page, state: &str) {
    page.assert_accessible(state).await;
    page.keep(state).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn every_state_is_accessible_in_english() {
    visit("en", "axe-en", Look::PHONE, is_accessible).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn every_state_is_accessible_in_simplified_chinese_at_night() {
    let look = Look { dark: true, screen: Some((360, 640)), ..Look::PLAIN };
    visit("zh-Hans", "axe-zh-hans", look, is_accessible).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn every_state_is_accessible_in_traditional_chinese_at_night() {
    let look = Look { dark: true, screen: Some((1366, 768)), ..Look::PLAIN };
    visit("zh-Hant", "axe-zh-hant", look, async |page, state| {
        is_accessible(page, state).await;
        let ground = "getComputedStyle(document.documentElement).backgroundColor";
        page.holds(&format!("{ground}.match(/\\d+/g).every((part) => Number(part) < 60)")).await;
    })
    .await;
}

/// WCAG 1.4.4 and 1.4.10 at once: the narrowest window, with text of twice the size.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p20_every_state_fits_into_320_pixels_with_large_text() {
    let look = Look { screen: Some(NARROW), text_px: 32, ..Look::PLAIN };
    visit("en", "narrow-en", look, async |page, state| {
        assert_eq!(
            page.script("return getComputedStyle(document.documentElement).fontSize").await,
            "32px"
        );
        assert_fits(page, state).await;
        page.keep(state).await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn every_state_fits_into_320_pixels_in_chinese() {
    let look = Look { screen: Some(NARROW), ..Look::PLAIN };
    visit("zh-Hans", "narrow-zh", look, async |page, state| {
        assert_fits(page, state).await;
        assert_touchable(page, state).await;
        page.keep(state).await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn every_state_is_used_by_keyboard() {
    let look = Look { still: true, screen: Some((1366, 768)), ..Look::PLAIN };
    visit("en", "keys", look, async |page, state| {
        page.keep(state).await;
        assert_order(page, state).await;
        let moving = "return document.getAnimations().length +
            [...document.querySelectorAll('*')].filter((it) =>
                getComputedStyle(it).transitionDuration.split(',').some((part) => parseFloat(part) > 0)).length";
        assert_eq!(page.script(moving).await, 0, "{state}: nothing moves");
    })
    .await;
}

/// Asserts that nothing overflows sideways.
async fn assert_fits(page: &Page, state: &str) {
    let wide = page
        .script(
            "const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.body.querySelectorAll('*')]
                .filter((it) => it.getBoundingClientRect().right > width + 0.5)
                .map((it) => it.outerHTML.slice(0, 80))",
        )
        .await;
    assert_eq!(wide, Value::Array(Vec::new()), "{state} is too wide");
}

/// Asserts that buttons, fields and links that stand alone are large enough for a thumb.
async fn assert_touchable(page: &Page, state: &str) {
    let small = page
        .script(
            "const isInText = (it) => it.tagName === 'A' && [...it.parentElement.childNodes]
                .some((near) => near.nodeType === 3 && near.textContent.trim());
            return [...document.querySelectorAll('a, button, input:not([type=hidden]), select')]
                .filter((it) => it.checkVisibility() && !it.matches('.spoken, .skip') && !isInText(it))
                .map((it) => [it, (it.closest('label.check') ?? it).getBoundingClientRect()])
                .filter(([, box]) => box.height < 43.5)
                .map(([it, box]) => `${it.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)",
        )
        .await;
    assert_eq!(small, Value::Array(Vec::new()), "{state}: too small");
}

/// Presses Tab through the whole page: the order is that of the document, each stop can be seen, and each control
/// is reached.
async fn assert_order(page: &Page, state: &str) {
    let controls = "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, audio, summary')]
        .filter((it) => it.checkVisibility() && it.tabIndex >= 0)";
    page.holds(
        "!document.querySelector('[data-shows][hidden], [data-copies][hidden], audio[controls], [data-countdown]:not(:has(.spoken))')",
    )
    .await;
    let count = page.script(&format!("window.controls = {controls}; return controls.length")).await;
    page.script("document.activeElement.blur(); getSelection().removeAllRanges()").await;
    page.script("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')").await;
    for at in 0..count.as_u64().unwrap() {
        page.hits(fantoccini::key::Key::Tab).await;
        let stop = page
            .script(
                "const it = document.activeElement;
                const style = getComputedStyle(it);
                const box = it.getBoundingClientRect();
                const above = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return [controls.indexOf(it), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
                    above === it || it.contains(above) || above?.contains(it) === true && above !== document.body,
                    it.outerHTML.slice(0, 80)]",
            )
            .await;
        let what = format!("{state}: stop {at}: {stop}");
        assert_eq!(stop[0], at, "{what}: the order of the document");
        assert_eq!(stop[1], true, "{what}: the focus is visible");
        assert_eq!(stop[2], true, "{what}: the control is not covered");
    }
}
