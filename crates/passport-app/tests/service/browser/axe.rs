//! Accessibility of a page, judged by axe-core 4.14.1 (MPL-2.0), which is stored with the tests so that they need no
//! network.

use sha2::{Digest, Sha256};

use super::{chrome::Look, page::Page, walk};

const AXE: &str = include_str!("../../fixtures/axe/axe.min.js");

/// Digest of the file `axe.min.js` in the npm package `axe-core@4.14.1`.
const DIGEST: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// WCAG 2.2 AA, and what axe recommends besides.
const TAGS: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// Violations on the page, each as one line.
pub(super) async fn violations(page: &Page) -> Vec<String> {
    if page.script("return window.axe === undefined").await == true {
        page.script(AXE).await;
    }
    let run = format!(
        "const done = arguments[arguments.length - 1];
        axe.run(document, {{ runOnly: {{ type: 'tag', values: {TAGS} }}, resultTypes: ['violations'] }})
            .then(({{ violations }}) => done(violations.flatMap(({{ id, nodes }}) => nodes.map(
                ({{ target, failureSummary }}) => `${{id}}: ${{target}}: ${{failureSummary}}`))),
                (fault) => done([String(fault)]))"
    );
    let found = page.browser.execute_async(&run, Vec::new()).await.unwrap();
    let found = found.as_array().expect("a list").iter();
    found.map(|it| it.as_str().map(str::to_owned).unwrap_or_default()).collect()
}

impl Page {
    pub(super) async fn assert_accessible(&self, what: &str) {
        let found = violations(self).await;
        assert!(found.is_empty(), "{what}: {found:#?}");
    }
}

#[test]
fn axe_is_the_published_file() {
    assert_eq!(hex::encode(Sha256::digest(AXE)), DIGEST);
}

/// Shows that axe sees the page, and that each of the tags is judged.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn faults_of_accessibility_are_noticed() {
    walk("axe", Look::PLAIN, async |page| {
        page.go("/sign-in").await;
        page.assert_accessible("before").await;
        page.script(
            "document.documentElement.lang = '';
            document.querySelector('label').remove();
            document.querySelector('h1').outerHTML = '<h3>Sign in</h3>';
            document.querySelector('.lead').style.color = 'rgb(230, 230, 230)';
            const small = '<button type=\"button\">x</button>';
            document.querySelector('form').insertAdjacentHTML('beforeend', `<div class=\"beside\">${small}${small}</div>`);
            for (const it of document.querySelectorAll('.beside')) it.style.gap = '1px';
            for (const it of document.querySelectorAll('button:not([class])')) {
                it.style.cssText = 'padding: 0; border: 0; width: 10px; height: 10px; overflow: hidden';
            }",
        )
        .await;
        let found = violations(page).await;
        for rule in ["html-has-lang", "label", "page-has-heading-one", "color-contrast", "target-size"] {
            let is_found = found.iter().any(|it| it.starts_with(&format!("{rule}: ")));
            assert!(is_found, "{rule} is missing: {found:#?}");
        }
    })
    .await;
}
