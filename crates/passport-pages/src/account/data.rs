use maud::{Markup, html};

use super::back;
use crate::{FormView, Page, form::Form};

/// `/account/data`: everything that is kept of the person, to download.
#[derive(Debug, Clone)]
pub struct DataView {
    /// State of the form.
    pub form: FormView,
}

impl DataView {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().data;
        let form = Form::new(page, &self.form, "/account/data").plain();
        let card = html! {
            (back(page))
            h1 { (texts.title) }
            p .lead { (texts.lead) }
            (form.submit(&texts.submit, &texts.busy))
        };
        page.render("account-data", &texts.title, &card)
    }
}
