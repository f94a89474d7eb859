use maud::{Markup, html};
use time::OffsetDateTime;

use super::back;
use crate::{FormView, Page, form::Form, moment, phrase::phrase, texts::fill};

/// `/account/delete`: has the account deleted.
#[derive(Debug, Clone)]
pub struct DeleteView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Name of the user.
    pub name: &'a str,
    /// Masked number of the account.
    pub mobile: Option<&'a str>,
    /// Time of the deletion, if it is requested now. `None` if it cannot be withdrawn.
    pub purge_at: Option<OffsetDateTime>,
}

impl DeleteView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().delete;
        // An account without another name has its masked number for a name.
        let whose = match self.mobile {
            Some(mobile) if mobile != self.name => {
                fill(&texts.whose, &[("name", self.name), ("mobile", mobile)])
            }
            _ => fill(&texts.whose_number, &[("mobile", self.name)]),
        };
        let until = self.purge_at.map(|at| moment::minute(at, page.language));
        let grace = until.map(|until| phrase(&texts.grace, &[("until", &until)]));
        let card = html! {
            (back(page))
            h1 { (texts.title) }
            p .lead { (whose) }
            ul .consequences {
                li { (texts.signs_out) }
                li { @if let Some(grace) = grace { (grace) } @else { (texts.at_once) } }
                li { (texts.then) }
            }
            (Form::new(page, &self.form, "/account/delete").submit_danger(&texts.submit, &texts.busy))
        };
        page.render("account-delete", &texts.title, &card)
    }
}
