//! The page of the API.

use super::{
    chrome::{Look, NARROW},
    walk,
};

/// By day and by night, and at the narrowest window without scripts: nothing scrolls sideways.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_page_of_the_api_is_accessible_and_fits_into_320_pixels() {
    let night = Look { dark: true, ..Look::PLAIN };
    let narrow = Look { screen: Some(NARROW), ..Look::PLAIN };
    for (name, look) in [("docs", Look::PLAIN), ("docs-night", night), ("docs-narrow", narrow)] {
        walk(name, look, async |page| {
            page.go("/docs").await;
            page.assert_accessible(name).await;
            page.holds("document.documentElement.scrollWidth <= window.innerWidth").await;
            page.go("/docs#send-code").await;
            page.holds("document.querySelector(':target').matches('.operation')").await;
        })
        .await;
    }
}
