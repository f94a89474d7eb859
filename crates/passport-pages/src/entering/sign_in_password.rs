use maud::{Markup, html};

use crate::{FormView, NumberInput, Page, form::Form};

/// `/sign-in/password`: number and password.
#[derive(Debug, Clone, Default)]
pub struct SignInPasswordView<'a> {
    /// Address to which the form is sent.
    pub action: &'a str,
    /// State of the form.
    pub form: FormView,
    /// Number.
    pub number: NumberInput,
    /// Whether the session is to last.
    pub remember: bool,
    /// Whether new accounts are accepted.
    pub sign_up_is_open: bool,
}

impl SignInPasswordView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let (own, links) = (&page.texts().sign_in_password, &page.texts().link);
        let query = self.action.find('?').map_or("", |at| &self.action[at..]);
        let form = Form::new(page, &self.form, self.action)
            .number(&self.number)
            .current_password()
            .remember(self.remember)
            .submit(&own.submit, &own.busy);
        let content = html! {
            section .card {
                (page.onward())
                h1 { (own.heading) }
                p .lead { (own.lead) }
                (form)
                p .other-way { a href={ "/sign-in" (query) } { (links.by_code) } }
                p .other-way { a href={ "/forgot" (query) } { (links.forgot) } }
            }
            div .beneath {
                @if self.sign_up_is_open {
                    p { (links.new_here) " " a href=(page.way("/sign-up")) { (links.sign_up) } }
                }
                p { a href=(page.way("/undo-number")) { (links.undo_number) } }
            }
        };
        page.document("sign-in-password", &own.title, &content)
    }
}
