//! Fields of passwords.

use maud::{Markup, html};

use super::{Described, Field, Form};
use crate::{Place, texts::fill};

/// Rules for new passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

struct Secret<'a> {
    id: &'static str,
    place: Place,
    label: &'a str,
    autocomplete: &'static str,
    has_focus: bool,
    rules: Option<PasswordRules>,
}

impl Form<'_> {
    /// Password of the account.
    pub(crate) fn current_password(self) -> Self {
        let label = &self.page.texts().form.password;
        self.secret(&Secret {
            id: "password",
            place: Place::Password,
            label,
            autocomplete: "current-password",
            has_focus: false,
            rules: None,
        })
    }

    /// Password of the account, with which the page begins.
    pub(crate) fn first_password(self) -> Self {
        let label = &self.page.texts().form.password;
        self.secret(&Secret {
            id: "password",
            place: Place::Password,
            label,
            autocomplete: "current-password",
            has_focus: true,
            rules: None,
        })
    }

    /// Password of the account, beside a new one.
    pub(crate) fn former_password(self) -> Self {
        let label = &self.page.texts().form.former_password;
        self.secret(&Secret {
            id: "current",
            place: Place::CurrentPassword,
            label,
            autocomplete: "current-password",
            has_focus: true,
            rules: None,
        })
    }

    /// A password that the person chooses.
    pub(crate) fn new_password(self, rules: PasswordRules, has_focus: bool) -> Self {
        let label = &self.page.texts().form.new_password;
        self.secret(&Secret {
            id: "password",
            place: Place::Password,
            label,
            autocomplete: "new-password",
            has_focus,
            rules: Some(rules),
        })
    }

    fn secret(self, secret: &Secret<'_>) -> Self {
        let texts = &self.page.texts().form;
        let Secret { id, place, label, autocomplete, has_focus, rules } = secret;
        let focus = *has_focus && self.view.refusal.is_none();
        let rules = rules.map(|rules| self.rules(id, rules));
        let input = |described: &Described| {
            html! {
                div .beside {
                    input .input id=(id) name=(id) type="password" autocomplete=(autocomplete)
                        autocapitalize="off" spellcheck="false" required autofocus[focus]
                        aria-describedby=[&described.by] aria-invalid=[described.invalid];
                    button .button type="button" data-shows=(id) data-show=(texts.show)
                        data-hide=(texts.hide) aria-controls=(id) hidden { (texts.show) }
                }
                @if let Some(rules) = &rules { (rules) }
            }
        };
        self.field(&Field { id, place: *place, label, hint: None, input: &input })
    }

    fn rules(&self, id: &str, PasswordRules { min, max }: PasswordRules) -> Markup {
        let texts = &self.page.texts().form;
        let length = [("min", &*min.to_string()), ("max", &*max.to_string())];
        html! {
            ul .rules data-rules=(id) data-min=(min) data-max=(max) {
                li data-rule="length" { (fill(&texts.rule_length, &length)) }
                li { (texts.rule_common) }
            }
        }
    }
}
