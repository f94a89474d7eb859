use maud::{Markup, html};

use crate::{Language, Page, phrase::with_code};

/// `/problems/{code}`: what an answer of the API means, for developers.
#[derive(Debug, Clone)]
pub struct ProblemView<'a> {
    /// Title in the language of the page.
    pub title: &'a str,
    /// When it is answered, in English. What stands between backticks is code.
    pub when: &'a str,
    /// Name for programs.
    pub code: &'a str,
    /// Status.
    pub status: u16,
    /// Nearest code of the original API.
    pub errno: &'a str,
}

impl ProblemView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().problem;
        let foreign = (page.language != Language::En).then_some("en");
        let content = html! {
            section .card {
                h1 { (self.title) }
                p .lead lang=[foreign] { (with_code(self.when)) }
                dl .facts {
                    div { dt { (texts.code) } dd { code { (self.code) } } }
                    div { dt { (texts.status) } dd { (self.status) } }
                    div { dt { code { "errno" } } dd { (self.errno) } }
                }
            }
        };
        page.wide("problem", self.title, &content)
    }
}
