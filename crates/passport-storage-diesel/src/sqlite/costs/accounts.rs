//! What the acts of an account cost.

use passport_user::{
    AccountEvent, EventKind, Journal, NumberChange, NumberChanged, PasswordHash, PhoneNumber,
    Standing, User, UserRepository,
};

use super::{Duration, NOW, Room, Seen};
use crate::{journal::SqliteJournal, users::SqliteUserRepository};

/// Each act is one commit; the event is one statement of it.
#[tokio::test]
async fn each_change_of_an_account_is_one_commit() {
    let room = Room::new().await;
    let users = SqliteUserRepository(room.pool.clone());
    let phone = |number: u32| PhoneNumber::from_e164(format!("+86138{number:08}")).unwrap();
    let event = || AccountEvent::new(EventKind::UserCreated, NOW);
    let user = User::new(phone(1), Some(PasswordHash::new("$old")), NOW);

    users.insert(&user, &event()).await.unwrap();
    assert_cost(&room.take(), 4);
    let epoch = user.epoch;
    let epoch = users.set_password(user.id, epoch, None, &event()).await.unwrap().unwrap();
    assert_cost(&room.take(), 2);
    let epoch =
        users.set_standing(user.id, epoch, Standing::Active, &event()).await.unwrap().unwrap();
    assert_cost(&room.take(), 2);
    assert!(users.rename(user.id, &"Zoë".parse().unwrap(), &event()).await.unwrap());
    assert_cost(&room.take(), 2);
    let undo_until = NOW + Duration::from_hours(24);
    let change = NumberChange { number: phone(2), now: NOW, undo_until };
    let changed = users.change_number(user.id, epoch, &change, &event()).await.unwrap();
    assert!(matches!(changed, NumberChanged::Changed(_)), "{changed:?}");
    assert_cost(&room.take(), 6);
    assert!(users.undo_number(user.id, &phone(1), NOW, &event()).await.unwrap().is_some());
    assert_cost(&room.take(), 4);

    // A stale change ends with its first statement.
    assert_eq!(users.set_password(user.id, epoch, None, &event()).await.unwrap(), None);
    assert_cost(&room.take(), 1);
}

/// 64, 16, 4 or one event are a statement, and all of them one commit; each size is prepared once.
#[tokio::test]
async fn events_share_statements_and_a_commit() {
    let room = Room::new().await;
    let journal = SqliteJournal(room.pool.clone());
    let mut prepared = 0;
    for (events, statements) in [(1, 1), (4, 1), (64, 1), (100, 4), (1_024, 16)] {
        let events = vec![AccountEvent::new(EventKind::CodeSent, NOW); events];
        journal.record(&events).await.unwrap();
        let seen = room.take();
        assert_cost(&seen, statements);
        prepared += seen.prepared.iter().filter(|text| !text.is_empty()).count();
    }
    assert_eq!(prepared, 4);
}

#[track_caller]
fn assert_cost(seen: &Seen, statements: usize) {
    assert_eq!((seen.statements.len(), seen.commits), (statements, 1), "{seen:#?}");
}
