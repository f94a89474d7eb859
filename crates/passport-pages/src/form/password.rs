use maud::{Markup, html};

use super::{Described, Field, Form};
use crate::{Place, texts::fill};

/// Rules for a new password that a page can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

impl Form<'_> {
    /// Password of the account.
    pub(crate) fn current_password(self) -> Self {
        let texts = &self.page.texts().form;
        let rules = html! {};
        self.password("password", Place::Password, &texts.password, "current-password", &rules)
    }

    /// Password of the account, beside a new one.
    pub(crate) fn former_password(self) -> Self {
        let texts = &self.page.texts().form;
        let (place, label) = (Place::FormerPassword, &texts.former_password);
        self.password("current", place, label, "current-password", &html! {})
    }

    /// A new password, with its rules. Only the length is ticked by a script: what the page does not
    /// check must not look checked.
    pub(crate) fn new_password(self, rules: PasswordRules) -> Self {
        let texts = &self.page.texts().form;
        let (min, max) = (rules.min.to_string(), rules.max.to_string());
        let length = fill(&texts.rule_length, &[("min", &min), ("max", &max)]);
        let rules = html! {
            ul .rules data-rules="password" data-min=(min) data-max=(max) {
                li data-rule="length" { (length) }
                li { (texts.rule_common) }
                li { (texts.rule_number) }
            }
        };
        self.password("password", Place::Password, &texts.new_password, "new-password", &rules)
    }

    /// The number of the account, so that a password manager stores it with the password.
    pub(crate) fn username(self, mobile: &str) -> Self {
        self.with(html! {
            input .spoken type="text" name="username" value=(mobile) autocomplete="username"
                tabindex="-1" aria-hidden="true" readonly;
        })
    }

    fn password(
        mut self,
        id: &str,
        place: Place,
        label: &str,
        autocomplete: &str,
        rules: &Markup,
    ) -> Self {
        let focus = self.takes_focus();
        let texts = &self.page.texts().form;
        let input = |described: &Described| {
            html! {
                div .beside {
                    input .input id=(id) name=(id) type="password" autocomplete=(autocomplete)
                        autocapitalize="off" spellcheck="false" required autofocus[focus]
                        aria-describedby=[&described.by] aria-invalid=[described.invalid];
                    button .button type="button" data-shows=(id) data-show=(texts.show)
                        data-hide=(texts.hide) aria-controls=(id) hidden { (texts.show) }
                }
                (rules)
            }
        };
        self.field(&Field { id, place, label, hint: None, input: &input })
    }
}
