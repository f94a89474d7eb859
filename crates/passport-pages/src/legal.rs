use maud::{Markup, PreEscaped, html};

use crate::Page;

/// Which legal text a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalKind {
    /// Terms of service.
    Terms,
    /// Privacy policy.
    Privacy,
}

/// A legal text of the operator.
#[derive(Debug, Clone, Copy)]
pub struct LegalView<'a> {
    /// Which text it is.
    pub kind: LegalKind,
    /// Title of the text itself.
    pub title: Option<&'a str>,
    /// Tag of the language that the text is written in, if it is known.
    pub language: Option<&'a str>,
    /// The text as HTML, in which every character of the operator was escaped.
    pub html: &'a str,
}

impl LegalView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().page;
        let (name, title) = match self.kind {
            LegalKind::Terms => ("terms", texts.terms.as_str()),
            LegalKind::Privacy => ("privacy", texts.privacy.as_str()),
        };
        let title = self.title.unwrap_or(title);
        let article = html! {
            article .legal lang=[self.language] {
                h1 { (title) }
                (PreEscaped(self.html))
            }
        };
        page.wide(name, title, &article)
    }
}
