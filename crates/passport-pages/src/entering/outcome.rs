use maud::{Markup, html};

use super::Entry;
use crate::{Page, Refusal};

/// The end of a flow that cannot go on, although the code was right.
#[derive(Debug, Clone)]
pub struct OutcomeView<'a> {
    /// Flow.
    pub entry: Entry,
    /// Why it cannot go on.
    pub refusal: &'a Refusal,
    /// Address of the first page of the flow, where another number can be typed.
    pub back: &'a str,
    /// Whether new accounts are accepted.
    pub sign_up_is_open: bool,
}

impl OutcomeView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().outcome;
        let title = match self.refusal {
            Refusal::NoAccount => &texts.no_account,
            Refusal::KeptBack => &texts.kept_back,
            Refusal::NothingToUndo => &texts.nothing_to_undo,
            Refusal::Disabled => &texts.disabled,
            Refusal::SignUpClosed => &texts.sign_up_closed,
            _ => &texts.other,
        };
        let query = self.back.find('?').map_or("", |at| &self.back[at..]);
        let card = html! {
            (page.onward())
            h1 { (title) }
            p .lead role="alert" { (self.refusal.text(page.language)) }
            @match self.refusal.link(page.language) {
                Some((path, _)) if path == Entry::SignUp.path() && !self.sign_up_is_open => {}
                Some((path, label)) => {
                    div .form { a .button .button-main href={ (path) (query) } { (label) } }
                }
                None => {}
            }
            @if self.refusal == &Refusal::Disabled && let Some(support) = &page.brand.support {
                div .form { a .button .button-main href=(support) { (page.texts().page.help) } }
            }
            @if self.refusal == &Refusal::SignUpClosed {
                div .form { a .button .button-main href=(page.way(Entry::SignIn.path())) { (page.texts().link.sign_in) } }
            } @else {
                p .other-way { a href=(self.back) { (page.texts().code.change) } }
            }
        };
        page.render("outcome", title, &card)
    }
}
