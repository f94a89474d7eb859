use maud::{Markup, html};
use time::OffsetDateTime;

use crate::{FormView, Page, form::Form, moment, texts::fill_with};

/// `/sign-in/restore`: the account is to be deleted, which its owner can withdraw.
#[derive(Debug, Clone)]
pub struct RestoreView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Address of the page.
    pub action: &'a str,
    /// Time of the deletion.
    pub purge_at: OffsetDateTime,
}

impl RestoreView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().restore;
        let form = Form::new(page, &self.form, self.action).submit(&texts.submit, &texts.busy);
        let date = moment::day(self.purge_at, page.language);
        let card = html! {
            (page.onward())
            h1 { (texts.heading) }
            p .lead { (fill_with(&texts.lead, &[("date", &date)])) }
            (form)
            p .other-way { a href=(page.way("/sign-in")) { (texts.leave) } }
        };
        page.render("restore", &texts.title, &card)
    }
}
