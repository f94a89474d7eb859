use std::time::Duration;

use passport_auth::{LimitReach, LimitReport, LimitState, LimitSubject, SeriesKind, SeriesState};
use serde_json::{Value, json};

use super::super::table::table;

/// The subject in questions and answers, number masked.
pub(super) fn named(subject: &LimitSubject) -> String {
    match subject {
        LimitSubject::Phone(phone) => phone.masked(),
        LimitSubject::Client(client) => client.to_string(),
    }
}

/// A table of limits, and one of failures in a row.
pub(super) fn as_text(subject: &LimitSubject, report: &LimitReport) -> String {
    let account = match (subject, &report.user) {
        (LimitSubject::Client(_), _) => String::new(),
        (LimitSubject::Phone(_), Some(user)) => format!(" (user {})", user.id),
        (LimitSubject::Phone(_), None) => " (no account)".to_owned(),
    };
    let mut parts = vec![format!("{}{account}", named(subject))];
    if !report.limits.is_empty() {
        let head = ["limit", "used", "of", "within", "left", "recovers"].map(str::to_owned);
        let rows: Vec<_> = [head].into_iter().chain(report.limits.iter().map(row)).collect();
        parts.push(table(&rows));
    }
    if !report.failures.is_empty() {
        let head = ["failures in a row", "count", "stop at", "next attempt"].map(str::to_owned);
        let rows = report.failures.iter().map(|series| {
            let next = match series {
                it if it.failures >= it.stop => "stopped: see `passport user unlock`".to_owned(),
                it if it.wait.is_zero() => "now".to_owned(),
                it => format!("in {}", length(it.wait)),
            };
            [
                kind(series.kind).to_owned(),
                series.failures.to_string(),
                series.stop.to_string(),
                next,
            ]
        });
        let rows: Vec<_> = [head].into_iter().chain(rows).collect();
        parts.push(table(&rows));
    }
    parts.join("\n\n")
}

fn row(state: &LimitState) -> [String; 6] {
    let recovers = match state {
        it if it.usage.used == 0 => "-".to_owned(),
        it if !it.wait.is_zero() => {
            format!("in {}, wholly in {}", length(it.wait), length(it.usage.all_free))
        }
        it => {
            format!("from {}, wholly in {}", length(it.usage.first_free), length(it.usage.all_free))
        }
    };
    [
        state.policy.as_str().to_owned(),
        state.usage.used.to_string(),
        state.quota.limit().to_string(),
        length(state.quota.window()),
        left(state).to_string(),
        recovers,
    ]
}

fn left(state: &LimitState) -> u32 {
    state.quota.limit().get().saturating_sub(state.usage.used)
}

fn kind(kind: SeriesKind) -> &'static str {
    match kind {
        SeriesKind::Passwords => "passwords",
        SeriesKind::Codes => "codes",
    }
}

/// `59s`, `12m`, `3h` or `2d`, rounded up.
fn length(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    match seconds {
        0..=119 => format!("{seconds}s"),
        120..=7_199 => format!("{}m", seconds.div_ceil(60)),
        7_200..=172_799 => format!("{}h", seconds.div_ceil(3_600)),
        _ => format!("{}d", seconds.div_ceil(86_400)),
    }
}

/// For programs; durations in seconds, rounded up.
pub(super) fn as_json(subject: &LimitSubject, report: &LimitReport, reach: LimitReach) -> Value {
    let limit = |state: &LimitState| {
        json!({
            "limit": state.policy.as_str(),
            "used": state.usage.used,
            "of": state.quota.limit().get(),
            "window": seconds(state.quota.window()),
            "left": left(state),
            "room_in": seconds(state.wait),
            "first_free_in": seconds(state.usage.first_free),
            "all_free_in": seconds(state.usage.all_free),
        })
    };
    let series = |state: &SeriesState| {
        json!({
            "of": kind(state.kind),
            "failures": state.failures,
            "stop": state.stop,
            "stopped": state.failures >= state.stop,
            "next_attempt_in": seconds(state.wait),
        })
    };
    json!({
        "subject": named(subject),
        "user": report.user.as_ref().map(|user| user.id.to_string()),
        "reached": reached(reach),
        "limits": report.limits.iter().map(limit).collect::<Vec<_>>(),
        "failures": report.failures.iter().map(series).collect::<Vec<_>>(),
    })
}

/// Which limits the command reaches, for programs.
pub(super) fn reached(reach: LimitReach) -> &'static str {
    match reach {
        LimitReach::All => "all",
        LimitReach::WithoutChallenges => "without-challenges",
        LimitReach::None => "none",
    }
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_up() {
        for (milliseconds, shown) in [
            (0, "0s"),
            (1, "1s"),
            (59_000, "59s"),
            (119_001, "2m"),
            (3_600_000, "60m"),
            (7_200_000, "2h"),
            (86_400_000, "24h"),
            (172_800_001, "3d"),
        ] {
            assert_eq!(length(Duration::from_millis(milliseconds)), shown);
        }
    }
}
