use std::time::Duration;

use maud::{Markup, html};

use super::back;
use crate::{FormView, Page, form::Form, texts::fill, wait};

/// `/account/confirm`: proves again who is at the browser.
#[derive(Debug, Clone)]
pub struct ConfirmView<'a> {
    /// State of the form.
    pub form: FormView,
    /// Address of the page, with where to go then.
    pub action: &'a str,
    /// The proof.
    pub proof: ConfirmProof<'a>,
}

/// The proof that is asked for.
#[derive(Debug, Clone, Copy)]
pub enum ConfirmProof<'a> {
    /// The password.
    Password,
    /// A code, which can be sent to this masked number.
    Code {
        /// Number.
        mobile: &'a str,
    },
    /// A code that was sent.
    SentCode {
        /// Masked number.
        mobile: &'a str,
        /// Whether it is known that a gateway took the message.
        is_sent: bool,
        /// Number of digits.
        length: usize,
        /// Time for which the code is valid.
        expires_in: Duration,
        /// Time after which another code can be sent.
        resend_in: Duration,
        /// Address of the page without the code.
        again: &'a str,
    },
}

impl ConfirmView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let (texts, code) = (&page.texts().confirm, &page.texts().code);
        let form = Form::new(page, &self.form, self.action);
        let content = match self.proof {
            ConfirmProof::Password => html! {
                p .lead { (texts.lead_password) }
                (form.current_password().submit(&texts.submit, &texts.busy))
            },
            ConfirmProof::Code { mobile } => html! {
                p .lead { (fill(&texts.lead_code, &[("mobile", mobile)])) }
                (form.with(html! { input type="hidden" name="act" value="send"; })
                    .submit(&texts.send, &texts.sending))
            },
            ConfirmProof::SentCode { mobile, is_sent, length, expires_in, resend_in, again } => {
                let life = wait::at_least(expires_in, page.language);
                let lead = if is_sent { &code.lead_sent } else { &code.lead_unknown };
                let seconds = resend_in.as_secs();
                html! {
                    p .lead role="status" { (fill(lead, &[("mobile", mobile), ("life", &life)])) }
                    (form.code(length, "").submit(&texts.submit, &texts.busy))
                    p .other-way {
                        @if seconds > 0 {
                            span data-countdown=(seconds) data-each=(code.again_in) {
                                (fill(&code.again_in, &[("seconds", &seconds.to_string())]))
                            }
                            " "
                        }
                        a href=(again) data-after-countdown { (code.again) }
                    }
                }
            }
        };
        let card = html! { (back(page)) h1 { (texts.title) } (content) };
        page.render("account-confirm", &texts.title, &card)
    }
}
