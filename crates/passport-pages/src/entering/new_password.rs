use maud::{Markup, html};

use crate::{FormView, Page, PasswordRules, form::Form};

/// What a new password is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordStep {
    /// An account that is about to be made.
    NewAccount,
    /// An account that was made a moment ago, and may stay without a password.
    FirstPassword,
    /// An account whose password is forgotten.
    Reset,
}

/// The page on which a password is chosen.
#[derive(Debug, Clone)]
pub struct NewPasswordView<'a> {
    /// State of the form.
    pub form: FormView,
    /// What the password is for.
    pub step: PasswordStep,
    /// Address of the page.
    pub action: &'a str,
    /// Number of the account.
    pub mobile: &'a str,
    /// Whether the consent is ticked, if the account needs one that was not given before.
    pub consent: Option<bool>,
    /// Rules.
    pub rules: PasswordRules,
}

impl NewPasswordView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().new_password;
        let (name, heading, lead, submit) = match self.step {
            PasswordStep::NewAccount => {
                ("sign-up-password", &texts.heading, &texts.lead_new, &texts.submit_new)
            }
            PasswordStep::FirstPassword => {
                ("sign-up-password", &texts.heading_first, &texts.lead_first, &texts.submit)
            }
            PasswordStep::Reset => {
                ("forgot-password", &texts.heading_reset, &texts.lead_reset, &texts.submit)
            }
        };
        let mut form =
            Form::new(page, &self.form, self.action).username(self.mobile).new_password(self.rules);
        if let Some(ticked) = self.consent {
            form = form.consent(ticked);
        }
        let form = form.submit(submit, &texts.busy);
        let card = html! {
            (page.onward())
            h1 { (heading) }
            p .lead { (lead) }
            (form)
            @if self.step == PasswordStep::FirstPassword {
                p .other-way { a href=(page.end_of_way()) { (texts.skip) } }
            }
        };
        page.render(name, heading, &card)
    }
}
