use maud::{Markup, html};

use super::back;
use crate::{FormView, NumberInput, Page, Picture, form::Form, texts::fill};

/// `/account/number`: a new number, to which a code is sent.
#[derive(Debug, Clone)]
pub struct ChangeNumberView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Masked number of the account.
    pub present: Option<&'a str>,
    /// New number.
    pub number: NumberInput,
    /// Challenge.
    pub picture: Picture,
}

impl ChangeNumberView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().number;
        let form = Form::new(page, &self.form, "/account/number")
            .number(&self.number)
            .picture(&self.picture)
            .submit(&texts.submit, &texts.busy);
        let present = self.present.map(|mobile| fill(&texts.present, &[("mobile", mobile)]));
        let card = html! {
            (back(page))
            h1 { (texts.title) }
            p .lead { @if let Some(present) = present { (present) " " } (texts.lead) }
            (form)
        };
        page.render("account-number", &texts.title, &card)
    }
}
