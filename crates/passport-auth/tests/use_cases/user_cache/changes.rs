//! Changes of users who are cached.

use std::{collections::BTreeSet, fs, sync::Arc, time::Duration};

use passport_user::{
    Epoch, NumberChange, NumberChanged, PasswordHash, Standing, User, UserRepository,
};
use tokio::{sync::Barrier, task::yield_now};

use super::{COLD, NOW, Node, WARM, event};
use crate::{
    faulty::{Fault, FaultKind},
    world::{OTHER_PHONE, PHONE, number},
};

/// Methods of the repository that change a user who exists.
const CHANGES: [&str; 8] = [
    "record_login",
    "replace_password_hash",
    "set_password",
    "rename",
    "change_number",
    "undo_number",
    "set_standing",
    "purge",
];
/// The other methods.
const OTHERS: [&str; 6] =
    ["insert", "find", "find_by_phone", "find_by_former_phone", "due_for_purge", "list"];

/// Calls the method `name` on `users`; returns whether it changed something.
async fn change(name: &str, users: &dyn UserRepository, user: &User) -> bool {
    let (id, event, now) = (user.id, event(), NOW);
    let epoch = users.find(id).await.unwrap().unwrap().epoch;
    match name {
        "record_login" => users.record_login(id, now).await.is_ok(),
        "replace_password_hash" => {
            let (old, new) = (PasswordHash::new("a hash"), PasswordHash::new("another hash"));
            users.replace_password_hash(id, &old, &new).await.unwrap()
        }
        "set_password" => users.set_password(id, epoch, None, &event).await.unwrap().is_some(),
        "rename" => users.rename(id, &"另一个名字".parse().unwrap(), &event).await.unwrap(),
        "change_number" => {
            let undo_until = now + Duration::from_hours(24);
            let change = NumberChange { number: number(OTHER_PHONE), now, undo_until };
            let changed = users.change_number(id, epoch, &change, &event).await.unwrap();
            matches!(changed, NumberChanged::Changed(_))
        }
        "undo_number" => {
            users.undo_number(id, &number(PHONE), now, &event).await.unwrap().is_some()
        }
        "set_standing" => {
            let standing = Standing::Leaving { since: now, purge_at: now };
            users.set_standing(id, epoch, standing, &event).await.unwrap().is_some()
        }
        "purge" => users.purge(id, now, &event).await.unwrap(),
        other => panic!("{other} is no change"),
    }
}

#[tokio::test]
async fn every_change_drops_what_is_cached_before_and_after_it() {
    for name in CHANGES {
        let node = Node::new().await;
        let prepared = match name {
            "undo_number" => change("change_number", &*node.users, &node.user).await,
            "purge" => change("set_standing", &*node.users, &node.user).await,
            _ => true,
        };
        assert!(prepared, "{name}");
        let tokens = [node.token.clone(), node.sign_in().await];
        for token in &tokens {
            node.forge(token, b"an entry").await;
        }
        node.outage.calls();
        assert!(change(name, &*node.guarded, &node.user).await, "{name}");
        let method: Vec<_> = CHANGES.into_iter().filter(|it| *it == name).collect();
        let calls = node.outage.calls();
        let calls: Vec<_> = calls.iter().map(|it| it.trim_start_matches("users.")).collect();
        let expected = match name {
            "record_login" => [&["find"], &method[..], &["cache.invalidate"]].concat(),
            _ => [&["find", "cache.begin_change"], &method[..], &["cache.end_change"]].concat(),
        };
        assert_eq!(calls, expected);
        for token in &tokens {
            assert_eq!(node.entry(&token.digest()).await, None, "{name}");
        }
    }
}

/// So a new method is a change or none, and the test above calls each change.
#[test]
fn every_method_of_the_repository_is_known() {
    let port = concat!(env!("CARGO_MANIFEST_DIR"), "/../passport-user/src/repository.rs");
    let port = fs::read_to_string(port).unwrap();
    let methods = port.split("async fn ").skip(1);
    let methods: BTreeSet<_> = methods.map(|it| it.split_once('(').unwrap().0).collect();
    assert_eq!(methods, CHANGES.into_iter().chain(OTHERS).collect());
}

#[tokio::test]
async fn a_change_is_not_begun_without_the_cache() {
    for kind in [FaultKind::CallLost, FaultKind::AnswerLost, FaultKind::Down] {
        let node = Node::new().await;
        node.read(&node.token).await;
        node.outage.begin(Fault { kind, call: 0 });
        assert!(!node.disable().await);
        assert_eq!(node.outage.end(), Some("cache.begin_change"), "{kind:?}");
        let found = node.users.find(node.user.id).await.unwrap().unwrap();
        assert!(found.is_active(), "{kind:?}");
        assert!(node.read(&node.token).await.is_some(), "{kind:?}");
        assert!(node.disable().await, "{kind:?}: it can be repeated");
        assert!(node.read(&node.token).await.is_none(), "{kind:?}");
    }
}

/// The change may be made later, so what is read until then is not cached.
#[tokio::test]
async fn a_change_of_unknown_outcome_is_seen_at_once_when_it_is_made() {
    for kind in [FaultKind::CallLost, FaultKind::AnswerLost] {
        let node = Node::new().await;
        node.read(&node.token).await;
        node.outage.begin(Fault { kind, call: 1 });
        assert!(!node.disable().await);
        assert_eq!(node.outage.end(), Some("users.set_standing"));
        let is_made = kind == FaultKind::AnswerLost;
        for _ in 0..3 {
            assert_eq!(node.read(&node.token).await.is_none(), is_made, "{kind:?}");
            assert_eq!(node.entry(&node.token.digest()).await, None, "{kind:?}");
        }
        // As a statement that was on its way.
        let standing = Standing::Disabled { since: NOW };
        node.users.set_standing(node.user.id, Epoch::new(1), standing, &event()).await.unwrap();
        assert!(node.read(&node.token).await.is_none(), "{kind:?}");
    }
}

/// The process ends at each call of the change; the statement that it has sent is executed or not.
#[tokio::test]
async fn a_process_that_dies_in_a_change_leaves_reads_of_the_repository() {
    for call in ["cache.begin_change", "users.set_standing", "cache.end_change"] {
        let node = Node::new().await;
        node.read(&node.token).await;
        let held = node.outage.hold(call);
        let dying = tokio::spawn({
            let node = node.clone();
            async move { node.disable().await }
        });
        held.reached.await.unwrap();
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());
        let is_made = call == "cache.end_change";
        for _ in 0..3 {
            assert_eq!(node.read(&node.token).await.is_none(), is_made, "{call}");
        }
        if call == "cache.begin_change" {
            assert_eq!(node.calls().await, WARM, "nothing has happened");
        } else {
            assert_eq!(node.entry(&node.token.digest()).await, None, "{call}");
        }
    }
}

/// A reader has asked the repository before the change, and caches what it read after it.
#[tokio::test]
async fn a_late_reader_does_not_bring_back_what_it_read() {
    let node = Node::new().await;
    let held = node.outage.hold("cache.fill");
    let late = tokio::spawn({
        let node = node.clone();
        async move { node.read(&node.token).await }
    });
    held.reached.await.unwrap();
    assert!(node.disable().await);
    assert!(node.read(&node.token).await.is_none());
    drop(held.release);
    assert!(late.await.unwrap().is_some(), "it had asked before");
    assert!(node.read(&node.token).await.is_none());
    assert_eq!(node.entry(&node.token.digest()).await, None);
}

#[tokio::test]
async fn a_reader_during_a_change_reads_the_repository() {
    let node = Node::new().await;
    node.read(&node.token).await;
    let held = node.outage.hold("users.set_standing");
    let changing = tokio::spawn({
        let node = node.clone();
        async move { node.disable().await }
    });
    held.reached.await.unwrap();
    for _ in 0..2 {
        assert_eq!(node.calls().await, COLD);
    }
    drop(held.release);
    assert!(changing.await.unwrap());
    assert!(node.read(&node.token).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ses_7_no_read_passes_after_the_answer_of_a_change_among_rivals() {
    for round in 0..50 {
        let node = Node::new().await;
        let start = Arc::new(Barrier::new(9));
        let readers = (0..8).map(|n| {
            let (node, start) = (node.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                for _ in 0..(n + round) % 5 {
                    yield_now().await;
                }
                for _ in 0..20 {
                    node.read(&node.token).await;
                }
            })
        });
        let readers: Vec<_> = readers.collect();
        start.wait().await;
        for _ in 0..round % 7 {
            yield_now().await;
        }
        assert!(node.disable().await, "round {round}");
        assert!(node.read(&node.token).await.is_none(), "round {round}");
        for reader in readers {
            reader.await.unwrap();
            assert!(node.read(&node.token).await.is_none(), "round {round}");
        }
    }
}
