use maud::{Markup, html};

use super::back;
use crate::{Destination, FormView, Page, form::Form, texts::fill};

/// `/sign-out`: signs out. Shown if the form of another page was refused.
#[derive(Debug, Clone)]
pub struct SignOutView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Name of the user, if known.
    pub name: Option<&'a str>,
}

impl SignOutView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().account;
        let card = html! {
            (back(page))
            h1 { (texts.sign_out) }
            @if let Some(name) = self.name { p .lead { (texts.signed_in_as) " " (name) } }
            @if let Some(Destination { app, .. }) = &page.destination {
                p .onward {
                    (app.logo())
                    (fill(&page.texts().onward.after, &[("app", app.title(page))]))
                }
            }
            (Form::new(page, &self.form, &page.way("/sign-out")).submit(&texts.sign_out, &texts.signing_out))
        };
        page.render("account-sign-out", &texts.sign_out, &card)
    }
}
