use std::time::Duration;

use maud::{Markup, html};

use super::Entry;
use crate::{
    FormView, NumberInput, Page, Picture,
    form::Form,
    texts::{EntryTexts, Texts, fill},
};

/// The first page of a flow: number and picture, for a code.
#[derive(Debug, Clone)]
pub struct NumberView<'a> {
    /// Flow.
    pub entry: Entry,
    /// Address to which the form is sent.
    pub action: &'a str,
    /// State of the form.
    pub form: FormView,
    /// Number.
    pub number: NumberInput,
    /// Challenge.
    pub picture: Picture,
    /// Whether the session is to last.
    pub remember: bool,
    /// Whether the consent is ticked, if the operator asks for one.
    pub consent: Option<bool>,
    /// Whether new accounts are accepted.
    pub sign_up_is_open: bool,
    /// A code that was sent, and can still be typed.
    pub sent: Option<Sent<'a>>,
}

/// A code that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Number to which it was sent, as its owner knows it.
    pub mobile: &'a str,
    /// Address of the page on which it is typed.
    pub href: &'a str,
    /// Time after which the same number can get another.
    pub resend_in: Duration,
}

impl NumberView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = texts(self.entry, page.texts());
        let mut form =
            Form::new(page, &self.form, self.action).number(&self.number).picture(&self.picture);
        if matches!(self.entry, Entry::SignIn | Entry::SignUp) {
            form = form.remember(self.remember);
        }
        if let Some(ticked) = self.consent {
            form = form.consent(ticked);
        }
        let form = form.submit(&texts.submit, &texts.busy);
        let content = html! {
            section .card {
                (page.onward())
                h1 { (texts.heading) }
                p .lead { (texts.lead) }
                @if let Some(sent) = &self.sent { (told(sent, page)) }
                (form)
                @if self.entry == Entry::SignIn {
                    p .other-way { a href=(page.way("/sign-in/password")) { (page.texts().link.by_password) } }
                }
            }
            (self.beneath(page))
        };
        page.document(self.entry.name(), &texts.title, &content)
    }

    /// The ways to other flows.
    fn beneath(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().link;
        let way = |entry: Entry| page.way(entry.path());
        html! {
            div .beneath {
                @match self.entry {
                    Entry::SignIn => {
                        @if self.sign_up_is_open {
                            p { (texts.new_here) " " a href=(way(Entry::SignUp)) { (texts.sign_up) } }
                        }
                        p { a href=(way(Entry::UndoNumber)) { (texts.undo_number) } }
                    }
                    Entry::SignUp => {
                        p { (texts.have_account) " " a href=(way(Entry::SignIn)) { (texts.sign_in) } }
                    }
                    Entry::Forgot | Entry::UndoNumber => {
                        p { a href=(way(Entry::SignIn)) { (texts.back_to_sign_in) } }
                    }
                }
            }
        }
    }
}

/// Tells of the code that was sent. The wait is that of its number, which is named, so that it is right
/// whatever the field holds.
fn told(sent: &Sent<'_>, page: &Page<'_>) -> Markup {
    let texts = &page.texts().code;
    let seconds = sent.resend_in.as_secs();
    let each = fill(&texts.resend_in, &[("mobile", sent.mobile)]);
    html! {
        p .note {
            (fill(&texts.was_sent, &[("mobile", sent.mobile)])) " "
            a href=(sent.href) { (texts.have_code) }
            @if seconds > 0 {
                " "
                span data-countdown=(seconds) data-each=(each) aria-live="polite" {
                    (fill(&each, &[("seconds", &seconds.to_string())]))
                }
            }
        }
    }
}

pub(super) fn texts(entry: Entry, texts: &Texts) -> &EntryTexts {
    match entry {
        Entry::SignIn => &texts.sign_in,
        Entry::SignUp => &texts.sign_up,
        Entry::Forgot => &texts.forgot,
        Entry::UndoNumber => &texts.undo_number,
    }
}
