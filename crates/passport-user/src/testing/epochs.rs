use std::sync::Arc;

use super::{
    Accounts,
    support::{
        DAY, NOW, ROUNDS, added, assert_events, change, changed, event, found, owner, phone, race,
        user,
    },
};
use crate::{Epoch, EventKind, NumberChanged, PasswordHash, Standing, User};

/// The password and the epoch change together; a stale epoch changes nothing.
pub async fn sets_and_removes_passwords((users, journal): Accounts) {
    let (user, stranger) = (added(&users, 1).await, added(&users, 2).await);
    let (first, second) = (Epoch::new(1), Epoch::new(2));
    let events = [(); 4].map(|()| event(EventKind::PasswordChanged, user.id));
    let hash = PasswordHash::new("$new");
    let set = async |expected, hash, event| {
        users.set_password(user.id, expected, hash, event).await.expect("repository answers")
    };

    assert_eq!(set(user.epoch, Some(&hash), &events[0]).await, Some(first));
    let changed = User { password_hash: Some(hash.clone()), epoch: first, ..user.clone() };
    assert_eq!(found(&users, user.id).await, changed);

    let stale = PasswordHash::new("$stale");
    assert_eq!(set(user.epoch, Some(&stale), &events[1]).await, None);
    assert_eq!(set(second, None, &events[2]).await, None);
    assert_eq!(found(&users, user.id).await, changed);

    assert_eq!(set(first, None, &events[3]).await, Some(second));
    let removed = User { password_hash: None, epoch: second, ..changed };
    assert_eq!(found(&users, user.id).await, removed);
    assert_events(&journal, user.id, &[&events[0], &events[3]]).await;
    assert_eq!(found(&users, stranger.id).await, stranger);

    let unknown = self::user(3).id;
    let refused = event(EventKind::PasswordChanged, unknown);
    let answer = users.set_password(unknown, Epoch::default(), None, &refused).await;
    assert_eq!(answer.expect("repository answers"), None);
    assert_events(&journal, unknown, &[]).await;
}

/// Of several concurrent changes of password that expect one epoch, one succeeds, in every round.
pub async fn set_password_has_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let user = added(&users, round).await;
        let outcomes = race(8, |rival| {
            let (users, id) = (Arc::clone(&users), user.id);
            let hash = PasswordHash::new(format!("$new{rival}"));
            let event = event(EventKind::PasswordChanged, id);
            async move {
                let set = users.set_password(id, Epoch::default(), Some(&hash), &event).await;
                set.expect("repository answers").map(|epoch| (epoch, hash, event))
            }
        })
        .await;
        let winners: Vec<_> = outcomes.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}");
        for (epoch, hash, event) in winners {
            let expected = User { password_hash: Some(hash), epoch, ..user.clone() };
            assert_eq!(found(&users, user.id).await, expected, "round {round}");
            assert_events(&journal, user.id, &[&event]).await;
        }
    }
}

/// The standing and the epoch change together, and its times are kept to the microsecond.
pub async fn changes_standing((users, journal): Accounts) {
    let user = added(&users, 1).await;
    let stale = event(EventKind::UserDisabled, user.id);
    let since = NOW.truncate_to_microsecond();
    let standings = [
        Standing::Disabled { since },
        Standing::Active,
        Standing::Leaving { since, purge_at: since + 7 * DAY },
    ];
    let mut events = Vec::new();
    for (number, standing) in (0..).zip(standings) {
        let event = event(EventKind::UserDisabled, user.id);
        let changed = users.set_standing(user.id, Epoch::new(number), standing, &event).await;
        let epoch = changed.expect("repository answers").expect("standing changes");
        assert_eq!(epoch, Epoch::new(number + 1));
        let again = users.set_standing(user.id, Epoch::new(number), standing, &stale).await;
        assert_eq!(again.expect("repository answers"), None);
        let expected = User { standing, epoch, ..user.clone() };
        assert_eq!(found(&users, user.id).await, expected);
        assert_eq!(owner(&users, 1).await, Some(user.id));
        events.push(event);
    }
    assert_events(&journal, user.id, &events.iter().collect::<Vec<_>>()).await;
}

/// Of several concurrent changes of standing that expect one epoch, one succeeds, in every round.
pub async fn set_standing_has_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let user = added(&users, round).await;
        let outcomes = race(8, |_| {
            let (users, id) = (Arc::clone(&users), user.id);
            let event = event(EventKind::UserDisabled, id);
            let standing = Standing::Disabled { since: NOW };
            async move {
                let set = users.set_standing(id, Epoch::default(), standing, &event).await;
                set.expect("repository answers").map(|_| event)
            }
        })
        .await;
        let winners: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(found(&users, user.id).await.epoch, Epoch::new(1), "round {round}");
        assert_events(&journal, user.id, &winners).await;
    }
}

/// A user who has had every epoch is not changed by anything that would raise it.
pub async fn epochs_end((users, journal): Accounts) {
    let last = Epoch::new(i32::MAX.unsigned_abs());
    let user = User { epoch: last, ..user(1) };
    let created = event(EventKind::UserCreated, user.id);
    users.insert(&user, &created).await.expect("user is added");
    let refused = event(EventKind::PasswordChanged, user.id);
    let set = users.set_password(user.id, last, None, &refused).await;
    assert_eq!(set.expect("repository answers"), None);
    let disabled = Standing::Disabled { since: NOW };
    let set = users.set_standing(user.id, last, disabled, &refused).await;
    assert_eq!(set.expect("repository answers"), None);
    let moved = users.change_number(user.id, last, &change(2, NOW), &refused).await;
    assert_eq!(moved.expect("repository answers"), NumberChanged::Stale);
    assert_eq!(found(&users, user.id).await, user);
    assert_eq!(owner(&users, 1).await, Some(user.id));
    assert_events(&journal, user.id, &[&created]).await;

    let moved = User { epoch: Epoch::new(last.number() - 1), ..self::user(3) };
    let created = event(EventKind::UserCreated, moved.id);
    users.insert(&moved, &created).await.expect("user is added");
    assert_eq!(changed(&users, moved.id, 4, NOW).await, last);
    let undone = users.undo_number(moved.id, &phone(3), NOW, &refused).await;
    assert_eq!(undone.expect("repository answers"), None);
    assert_eq!(owner(&users, 4).await, Some(moved.id));
}
