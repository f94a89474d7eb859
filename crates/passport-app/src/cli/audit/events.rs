//! Events as lines of text.

use std::io::{self, Write};

use super::super::{printable::printable, times::shown};
use crate::operations::EventView;

/// One line: what comes from others is escaped.
pub(super) fn line(view: &EventView) -> String {
    let EventView { at, kind, outcome, rule, actor, .. } = view;
    let outcome = match rule {
        None => (*outcome).to_owned(),
        Some(rule) => format!("{outcome}:{}", printable(rule)),
    };
    let mut line = format!("{}  {kind}  {outcome}  {}", shown(*at), printable(actor));
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            for part in ["  ", name, "=", &*value] {
                line.push_str(part);
            }
        }
    };
    add("user", view.user.map(|id| id.to_string()));
    add("number", view.mobile.as_deref().map(printable));
    add("address", view.address.as_deref().map(printable));
    add("session", view.session.map(|id| id.to_string()));
    add("request", view.request_id.as_deref().map(printable));
    for (name, fact) in &view.detail {
        add(&printable(name), Some(printable(fact)));
    }
    // The only free text is the last, between quotes.
    let quoted = |reason: &str| format!("\"{}\"", printable(reason).replace('"', "\\\""));
    add("reason", view.reason.as_deref().map(quoted));
    line
}

/// Writes a line at once, so that a program behind a pipe has it.
pub(super) fn write_line(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use passport_user::{AccountEvent, Actor, EventKind, EventOutcome, EventPhone, Reason};
    use time::macros::datetime;

    use super::*;

    const HOSTILE: &str =
        "x\r\n2026-11-29T12:00:00Z  user.purged\t\u{1b}[2J\u{202e}\u{200f}\u{9b}\"";

    #[test]
    fn api_4_no_field_can_write_a_line_of_its_own() {
        let hostile = || HOSTILE.to_owned();
        let event = AccountEvent {
            outcome: EventOutcome::Refused(hostile()),
            actor: Actor::Operator(hostile()),
            phone: Some(EventPhone { masked: hostile(), tag: [0; 16] }),
            address: Some(hostile()),
            request_id: Some(hostile()),
            reason: Some(Reason::from_stored(hostile())),
            detail: [(hostile(), hostile())].into(),
            ..AccountEvent::new(EventKind::UserDisabled, datetime!(2026-11-29 12:00 UTC))
        };
        let line = line(&EventView::from(&event));
        let escaped =
            "x\\r\\n2026-11-29T12:00:00Z  user.purged\\t\\u{1b}[2J\\u{202e}\\u{200f}\\u{9b}";
        assert_eq!(line.matches(escaped).count(), 8, "{line}");
        assert!(line.starts_with("2026-11-29T12:00:00Z  user.disabled  refused:x"), "{line}");
        assert!(!line.chars().any(|it| it.is_control() || matches!(it, '\u{202e}' | '\u{200f}')));
        assert!(line.ends_with("\\\"\""), "a quote does not end the reason: {line}");
    }
}
