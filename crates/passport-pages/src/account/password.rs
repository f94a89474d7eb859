use maud::{Markup, html};

use super::back;
use crate::{FormView, Page, PasswordRules, form::Form};

/// `/account/password`: sets, changes and removes the password.
#[derive(Debug, Clone)]
pub struct AccountPasswordView {
    /// State of the form that sets the password.
    pub form: FormView,
    /// State of the form that removes it.
    pub removal: FormView,
    /// Whether the account has a password.
    pub has_password: bool,
    /// Whether an account may have no password.
    pub can_be_removed: bool,
    /// Whether the other devices stay signed in.
    pub keep_sessions: bool,
    /// Rules for the new password.
    pub rules: PasswordRules,
}

const PATH: &str = "/account/password";

impl AccountPasswordView {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().account_password;
        let (heading, lead) = if self.has_password {
            (&texts.change_heading, &texts.change_lead)
        } else {
            (&texts.set_heading, &texts.set_lead)
        };
        let content = html! {
            section .card {
                (back(page))
                h1 { (heading) }
                p .lead { (lead) }
                (self.setting(page))
            }
            @if self.has_password && self.can_be_removed {
                section .card {
                    h2 { (texts.remove_heading) }
                    p .lead { (texts.remove_lead) }
                    (Form::new(page, &self.removal, PATH)
                        .with(html! { input type="hidden" name="act" value="remove"; })
                        .submit_danger(&texts.remove, &texts.removing))
                }
            }
        };
        page.document("account-password", heading, &content)
    }

    fn setting(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().account_password;
        let form = Form::new(page, &self.form, PATH);
        let form = if self.has_password { form.former_password() } else { form };
        let form = form.new_password(self.rules);
        let form = if self.has_password {
            form.with(html! {
                label .check {
                    input type="checkbox" name="keep_sessions" value="yes" checked[self.keep_sessions];
                    span { (texts.keep_sessions) }
                }
            })
        } else {
            form
        };
        form.submit(&texts.submit, &texts.busy)
    }
}
