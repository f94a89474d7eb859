use maud::{Markup, html};

use crate::{FormView, NumberInput, Page, Picture, form::Form};

/// `/sign-in`: number and picture, for a code.
#[derive(Debug, Clone, Default)]
pub struct SignInView {
    /// State of the form.
    pub form: FormView,
    /// Number.
    pub number: NumberInput,
    /// Challenge.
    pub picture: Picture,
    /// Whether the session is to last.
    pub remember: bool,
    /// Whether new accounts are accepted.
    pub sign_up_is_open: bool,
}

impl SignInView {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().sign_in;
        let form = Form::new(page, &self.form, "/sign-in")
            .number(&self.number)
            .picture(&self.picture)
            .remember(self.remember)
            .submit(&texts.submit, &texts.busy);
        let content = html! {
            section .card {
                h1 { (texts.heading) }
                p .lead { (texts.lead) }
                (form)
                p .other-way { a href="/sign-in/password" { (texts.by_password) } }
            }
            div .beneath {
                @if self.sign_up_is_open {
                    p { (texts.no_account) " " a href="/sign-up" { (texts.sign_up) } }
                }
                p { a href="/undo-number" { (texts.undo_number) } }
            }
        };
        page.document("sign-in", &texts.title, &content)
    }
}
