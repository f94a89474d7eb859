use maud::{Markup, html};

use crate::{Page, Refusal};

/// The page in the place of one that cannot be shown now.
#[derive(Debug, Clone)]
pub struct TroubleView<'a> {
    /// The reason.
    pub refusal: Refusal,
    /// Address to try again.
    pub again: &'a str,
}

impl TroubleView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().trouble;
        let card = html! {
            h1 { (texts.title) }
            p .lead role="alert" { (self.refusal.text(page.language)) }
            p .other-way { a href=(self.again) { (texts.again) } }
        };
        page.render("trouble", &texts.title, &card)
    }
}
