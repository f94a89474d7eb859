use std::time::Duration;

use maud::{Markup, html};

use crate::{FormView, Page, form::Form, texts::fill, wait};

/// The flow that a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStep {
    /// Sign-in.
    SignIn,
}

/// The page on which a code is typed, of every flow.
#[derive(Debug, Clone)]
pub struct CodeView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Flow.
    pub step: CodeStep,
    /// Address of the page.
    pub action: &'a str,
    /// Address of the step before, where the number can be changed.
    pub back: &'a str,
    /// Number to which the code was sent, as its owner knows it.
    pub mobile: &'a str,
    /// Whether it is known that a gateway took the message.
    pub is_sent: bool,
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
        let form = Form::new(page, &self.form, self.action)
            .code(self.length)
            .submit(&texts.submit, &texts.busy);
        let lead = if self.is_sent { &texts.lead_sent } else { &texts.lead_unknown };
        let life = wait::at_least(self.expires_in, page.language);
        let seconds = self.resend_in.as_secs();
        let card = html! {
            h1 { (texts.heading) }
            p .lead role="status" { (fill(lead, &[("mobile", self.mobile), ("life", &life)])) }
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
        page.render("code", &texts.title, &card)
    }
}
