use std::time::Duration;

use maud::{Markup, html};

use super::Entry;
use crate::{FormView, Page, form::Form, texts::fill, wait};

/// The page on which the code of a flow is typed.
#[derive(Debug, Clone)]
pub struct CodeView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Flow, if it is one on the way into an account; otherwise the code changes the number.
    pub entry: Option<Entry>,
    /// Address of the page.
    pub action: &'a str,
    /// Address of the step before, where the number can be changed.
    pub back: &'a str,
    /// Number to which the code was sent, as its owner knows it.
    pub mobile: &'a str,
    /// Whether it is known that a gateway took the message.
    pub is_sent: bool,
    /// What was typed and can be sent again.
    pub typed: &'a str,
    /// Whether the consent is ticked, if a new account needs one that was not given before.
    pub consent: Option<bool>,
    /// Number of digits.
    pub length: usize,
    /// Time for which the code is valid.
    pub expires_in: Duration,
    /// Time after which another code can be sent.
    pub resend_in: Duration,
}

impl CodeView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().code;
        let mut form = Form::new(page, &self.form, self.action).code(self.length, self.typed);
        if let Some(ticked) = self.consent {
            form = form.consent(ticked);
        }
        let form = form.submit(&texts.submit, &texts.busy);
        let life = wait::at_least(self.expires_in, page.language);
        let values = [("mobile", self.mobile), ("life", &*life)];
        let lead = if self.expires_in.is_zero() {
            &texts.lead_expired
        } else if self.is_sent {
            &texts.lead_sent
        } else {
            &texts.lead_unknown
        };
        let seconds = self.resend_in.as_secs();
        let card = html! {
            (page.onward())
            h1 { (texts.heading) }
            p .lead role="status" { (fill(lead, &values)) }
            (form)
            p .other-way {
                @if seconds > 0 {
                    span data-countdown=(seconds) data-each=(texts.again_in) {
                        (fill(&texts.again_in, &[("seconds", &seconds.to_string())]))
                    }
                    " "
                }
                a href=(self.back) data-after-countdown { (texts.again) }
            }
            p .other-way { a href=(self.back) { (texts.change) } }
        };
        let name = format!("{}-code", self.entry.map_or("account-number", Entry::name));
        page.render(&name, &texts.title, &card)
    }
}
