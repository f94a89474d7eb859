use maud::{Markup, html};

use crate::Page;

/// The page in the place of one that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct MissingView;

impl MissingView {
    /// The page.
    pub fn render(self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().missing;
        let card = html! {
            h1 { (texts.title) }
            p .lead { (texts.lead) }
            p .other-way { a href="/" { (texts.home) } }
        };
        page.render("missing", &texts.title, &card)
    }
}
