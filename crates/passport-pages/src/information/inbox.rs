use maud::{Markup, html};
use time::OffsetDateTime;

use crate::{Page, moment, texts::InboxTexts};

/// `/dev/inbox`: messages that were not sent, for development.
#[derive(Debug, Clone)]
pub struct InboxView<'a> {
    /// Messages, the latest first.
    pub messages: Vec<InboxItem<'a>>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct InboxItem<'a> {
    /// Number.
    pub to: &'a str,
    /// Code, if the message has one.
    pub code: Option<&'a str>,
    /// What the code is for.
    pub topic: Option<InboxTopic>,
    /// Text.
    pub text: &'a str,
    /// Time.
    pub at: OffsetDateTime,
}

/// What the code of a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxTopic {
    /// Sign-up.
    SignUp,
    /// Sign-in.
    SignIn,
    /// New password.
    Reset,
    /// Change of number, or undoing one.
    ChangeNumber,
    /// Confirmation of a session.
    Confirm,
}

/// Seconds after which the page is loaded again.
const EVERY: u8 = 2;

impl InboxView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().inbox;
        let content = html! {
            h1 { (texts.title) }
            p .lead { (texts.lead) }
            p .alone { a href="/sign-in" { (texts.sign_in) } }
            @if self.messages.is_empty() { p .note data-empty { (texts.empty) } }
            ul .messages #messages role="list" data-refresh=(EVERY) data-arrived=(texts.arrived) {
                @for message in &self.messages { (message.render(page)) }
            }
        };
        page.refreshed("inbox", &texts.title, &content, EVERY)
    }
}

impl InboxItem<'_> {
    fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().inbox;
        // Two messages to a number have different times.
        let key = format!("{}-{}", self.to.trim_start_matches('+'), self.at.unix_timestamp_nanos());
        let id = format!("code-{key}");
        html! {
            li .message data-key=(key) {
                p .message-head {
                    span .message-to { (self.to) }
                    span .quiet .small {
                        @if let Some(topic) = self.topic { (topic.text(texts)) " · " }
                        (moment::second(self.at))
                    }
                }
                @if let Some(code) = self.code {
                    div .message-code {
                        span .code id=(id) { (code) }
                        button .button type="button" data-copies=(id) data-copied=(texts.copied) hidden {
                            (texts.copy)
                        }
                    }
                }
                p .message-text .small { (self.text) }
            }
        }
    }
}

impl InboxTopic {
    fn text(self, texts: &InboxTexts) -> &str {
        match self {
            Self::SignUp => &texts.for_sign_up,
            Self::SignIn => &texts.for_sign_in,
            Self::Reset => &texts.for_reset,
            Self::ChangeNumber => &texts.for_number,
            Self::Confirm => &texts.for_confirm,
        }
    }
}
