//! Every kind of gateway and every failure, before and after the gateway accepted the message, also
//! with the death of the process at that moment: the reported outcome, and the number of messages
//! sent. The table is the one in the README.

use std::fmt::Write as _;

use passport_sms_client::{InDoubt, Outcome};
use tokio::time::advance;

use crate::dispatch::{killed, outbox, process};
use crate::double::{Double, Fault, Kind};
use crate::{clock, message};

const KINDS: [(Kind, &str); 3] = [
    (Kind::Idempotent, "supports idempotency keys"),
    (Kind::Queryable, "supports queries"),
    (Kind::Neither, "neither"),
];

const FAULTS: [(Fault, &str, bool); 5] = [
    (Fault::NotSent, "no connection", false),
    (Fault::LostBefore, "reset before acceptance", false),
    (Fault::LostAfter, "reset after acceptance", true),
    (Fault::StalledBefore, "silence before acceptance", false),
    (Fault::StalledAfter, "silence after acceptance", true),
];

const HEAD: &str = "\
| gateway | fault | process | `PreferDelivery` | `PreferSingle` |
| --- | --- | --- | --- | --- |
";

#[tokio::test(start_paused = true)]
async fn the_table_in_the_readme_is_true() {
    let mut table = HEAD.to_owned();
    for (kind, kind_name) in KINDS {
        for (fault, fault_name, takes) in FAULTS {
            for dies in [false, true] {
                // Without a connection no call is under way when the process dies.
                if dies && !matches!(fault, Fault::StalledBefore | Fault::StalledAfter) {
                    continue;
                }
                let process = if dies { "is killed" } else { "survives" };
                write!(table, "| {kind_name} | {fault_name} | {process} ").unwrap();
                for in_doubt in [InDoubt::PreferDelivery, InDoubt::PreferSingle] {
                    let (reported, messages) = play(kind, fault, dies, in_doubt).await;
                    check(kind, takes, in_doubt, &reported, messages);
                    let copies = if messages == 1 {
                        "1 copy".to_owned()
                    } else {
                        format!("{messages} copies")
                    };
                    write!(table, "| {}, {copies} ", word(&reported)).unwrap();
                }
                table.push_str("|\n");
            }
        }
    }
    println!("{table}");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&table), "put this into README.md:\n{table}");
}

/// Sends one message through a gateway that fails once, with a working one behind it; returns the
/// reported outcome and the number of messages that were really sent.
async fn play(kind: Kind, fault: Fault, dies: bool, in_doubt: InDoubt) -> (Outcome, usize) {
    let first = Double::new("first", kind).failing([fault]);
    let second = Double::new("second", Kind::Neither);
    let (outbox, clock, message) = (outbox(), clock(), message());
    let process = || process(&[&first, &second], in_doubt, &outbox, &clock);
    let reported = if dies {
        killed(process(), &message).await;
        advance(crate::dispatch::LAPSE).await;
        let mut resumed = process().resume_abandoned(1).await.unwrap();
        resumed.pop().unwrap().1.outcome
    } else {
        process().deliver(&message).await.outcome
    };
    (reported, first.sent(&message) + second.sent(&message))
}

/// The guarantees, in addition to the table.
fn check(kind: Kind, takes: bool, in_doubt: InDoubt, reported: &Outcome, messages: usize) {
    match reported {
        Outcome::Accepted { .. } | Outcome::Duplicate => assert!(messages >= 1),
        Outcome::NotSent(_) | Outcome::Rejected(_) => assert_eq!(messages, 0),
        Outcome::Unknown(_) => {
            assert_eq!((kind, in_doubt), (Kind::Neither, InDoubt::PreferSingle));
        }
    }
    if kind != Kind::Neither || !takes {
        assert!(messages <= 1);
    }
    if in_doubt == InDoubt::PreferSingle {
        assert!(messages <= 1);
    } else {
        assert!(reported.is_sent());
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate => "sent",
        Outcome::NotSent(_) | Outcome::Rejected(_) => "not sent",
        Outcome::Unknown(_) => "unknown",
    }
}
