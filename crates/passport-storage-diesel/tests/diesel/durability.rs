//! Answered writes are durable, whatever happens next.

use std::{collections::BTreeSet, process::Child};

use crate::{child, room};

/// Number of answers after which a process is killed, while other writes are under way.
const ANSWERS: usize = 300;

async fn what_was_answered_survives_a_kill(url: String) {
    room::migrated(&url).await;
    for act in ["insert even numbers", "insert odd numbers"] {
        let answered = kill(child::spawn(act, &url));
        are_there(&url, &answered).await;
    }
    let users = room::connect(&url).await.users();
    room::add(&users, &room::user(10_000_000)).await.expect("the database still takes writes");
}

room::on_each_database!("current_thread", what_was_answered_survives_a_kill);

#[tokio::test]
async fn processes_take_turns_at_a_file() {
    let url = room::sqlite_url();
    room::migrated(&url).await;
    let acts = ["insert even numbers", "insert odd numbers"];
    let children = acts.map(|act| child::spawn(act, &url));
    let killing = children.map(|child| std::thread::spawn(|| kill(child)));
    for answered in killing.map(|thread| thread.join().unwrap()) {
        are_there(&url, &answered).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_answered_survives_a_full_disk() {
    let url = room::sqlite_url();
    room::migrated(&url).await;
    let mut child = child::spawn_on_a_full_disk("insert even numbers", &url);
    let lines: Vec<_> = child::lines(&mut child).collect();
    assert!(child.wait().unwrap().success(), "{lines:?}");
    let answered: BTreeSet<_> = lines.iter().filter_map(|line| child::answered(line)).collect();
    assert!(answered.len() > 16, "it was full at once: {lines:?}");
    let refusal = lines.iter().find(|line| line.contains("refused: "));
    assert!(refusal.is_some_and(|line| line.contains("disk I/O error")), "{refusal:?}");
    assert!(
        lines.iter().any(|line| line.ends_with("ping is refused")),
        "a full disk is not noticed"
    );
    assert!(lines.iter().any(|line| line.ends_with("0 is there")), "it could not be read any more");
    are_there(&url, &answered).await;
    let users = room::connect(&url).await.users();
    room::add(&users, &room::user(10_000_000)).await.expect("there is room again");
}

/// Kills the process after [`ANSWERS`] answers; returns the numbers that were answered.
fn kill(mut child: Child) -> BTreeSet<u32> {
    let mut answered = BTreeSet::new();
    for line in child::lines(&mut child) {
        assert!(!line.contains("refused: "), "{line}");
        answered.extend(child::answered(&line));
        if answered.len() == ANSWERS {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(answered.len() >= ANSWERS, "it ended by itself");
    answered
}

async fn are_there(url: &str, numbers: &BTreeSet<u32>) {
    let users = room::connect(url).await.users();
    for &number in numbers {
        let found = users.find_by_phone(&room::phone(number)).await.unwrap();
        assert!(found.is_some(), "{url}: user {number} is lost");
    }
}
