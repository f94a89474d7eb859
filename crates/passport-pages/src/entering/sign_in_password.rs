use maud::{Markup, html};

use crate::{FormView, NumberInput, Page, form::Form};

/// `/sign-in/password`: number and password.
#[derive(Debug, Clone, Default)]
pub struct SignInPasswordView {
    /// State of the form.
    pub form: FormView,
    /// Number.
    pub number: NumberInput,
    /// Whether the session is to last.
    pub remember: bool,
    /// Whether new accounts are accepted.
    pub sign_up_is_open: bool,
}

impl SignInPasswordView {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let (texts, own) = (&page.texts().sign_in, &page.texts().sign_in_password);
        let form = Form::new(page, &self.form, "/sign-in/password")
            .number(&self.number)
            .current_password()
            .remember(self.remember)
            .submit(&own.submit, &own.busy);
        let content = html! {
            section .card {
                h1 { (texts.heading) }
                p .lead { (own.lead) }
                (form)
                p .other-way { a href="/sign-in" { (texts.by_code) } }
                p .other-way { a href="/forgot" { (texts.forgot) } }
            }
            div .beneath {
                @if self.sign_up_is_open {
                    p { (texts.no_account) " " a href="/sign-up" { (texts.sign_up) } }
                }
                p { a href="/undo-number" { (texts.undo_number) } }
            }
        };
        page.document("sign-in-password", &texts.title, &content)
    }
}
