//! Pages without a form.

use std::time::Duration;

use passport_pages::{
    InboxItem, InboxTopic, InboxView, MissingView, Notice, ProblemView, Refusal, TroubleView,
};
use time::macros::datetime;

use super::State;

pub(crate) const STATES: &[State] = &[
    State::new("missing", |page| MissingView.render(page)),
    State::new("trouble-unavailable", |page| {
        TroubleView { refusal: Refusal::Unavailable, again: "/account" }.render(page)
    }),
    State::new("trouble-limit", |page| {
        let refusal = Refusal::Limit(Duration::from_secs(50));
        TroubleView { refusal, again: "/account/history" }.render(page)
    }),
    State::new("problem", |page| {
        let view = ProblemView {
            title: "The code is wrong",
            when: "The code is another one than was sent. `tries_left` says how many more guesses it has.",
            code: "code-wrong",
            status: 422,
            errno: "4004",
        };
        view.render(page)
    }),
    State::new("inbox", |page| {
        let item = |code, topic, text| InboxItem {
            to: "+8613800138000",
            code,
            topic,
            text,
            at: datetime!(2026-11-29 18:35:07 UTC),
        };
        let messages = vec![
            item(Some("278513"), Some(InboxTopic::SignIn), "Your code to sign in is 278513."),
            item(None, None, "Your password was changed."),
        ];
        InboxView { messages }.render(page)
    }),
    State::new("inbox-empty", |page| InboxView { messages: Vec::new() }.render(page)),
    State::told("note-signed-out", Notice::SignedOut, |page| MissingView.render(page)),
    State::told("note-session-ended", Notice::SessionEnded, |page| MissingView.render(page)),
    State::told("note-nothing-done", Notice::NothingDone, |page| MissingView.render(page)),
    State::told(
        "note-leaving",
        Notice::Leaving { purge_at: datetime!(2026-12-06 12:00 UTC) },
        |page| MissingView.render(page),
    ),
    State::told("note-deleted", Notice::Deleted, |page| MissingView.render(page)),
];
