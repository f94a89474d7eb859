use std::sync::Arc;

use time::OffsetDateTime;

use super::{
    Accounts,
    support::{
        DAY, NOW, ROUNDS, Users, added, assert_events, changed, duel, event, found, owner, phone,
        race,
    },
};
use crate::{Epoch, EventKind, NickName, Standing, User, UserFilter, UserId};

/// Only users who leave and whose time has come are due, and at most as many as were asked for.
pub async fn finds_users_due_for_purge((users, _): Accounts) {
    let mut leavers = Vec::new();
    for number in 0..3 {
        let user = added(&users, number).await;
        leave(&users, &user, NOW).await;
        leavers.push(user.id);
    }
    let later = added(&users, 3).await;
    leave(&users, &later, NOW + DAY).await;
    added(&users, 4).await;
    let disabled = added(&users, 5).await;
    let event = event(EventKind::UserDisabled, disabled.id);
    let standing = Standing::Disabled { since: NOW };
    let set = users.set_standing(disabled.id, Epoch::default(), standing, &event).await;
    set.expect("repository answers").expect("standing changes");

    let due = async |now, limit| {
        let mut due = users.due_for_purge(now, limit).await.expect("repository answers");
        due.sort_by_key(|id: &UserId| id.as_uuid());
        due
    };
    leavers.sort_by_key(|id| id.as_uuid());
    assert_eq!(due(NOW - DAY, 100).await, []);
    assert_eq!(due(NOW, 100).await, leavers);
    assert_eq!(due(NOW, 2).await.len(), 2);
    assert_eq!(due(NOW + DAY, 100).await.len(), 4);
}

/// A purged user is found by no method, changed by none, and the numbers are free.
pub async fn purges_everything((users, journal): Accounts) {
    let user = added(&users, 1).await;
    changed(&users, user.id, 2, NOW).await;
    let other = added(&users, 3).await;
    let user = found(&users, user.id).await;
    let (early, done, again) = (
        event(EventKind::UserPurged, user.id),
        event(EventKind::UserPurged, user.id),
        event(EventKind::UserPurged, user.id),
    );
    assert!(!purged(&users, user.id, NOW, &early).await);
    let epoch = leave(&users, &user, NOW + DAY / 2).await;
    assert!(!purged(&users, user.id, NOW, &early).await);
    assert_eq!(owner(&users, 2).await, Some(user.id));
    assert!(!purged(&users, other.id, NOW + DAY, &early).await);
    assert!(purged(&users, user.id, NOW + DAY / 2, &done).await);
    assert!(!purged(&users, user.id, NOW + DAY / 2, &again).await);

    assert_eq!(users.find(user.id).await.expect("repository answers"), None);
    assert_eq!(owner(&users, 1).await, None);
    assert_eq!(owner(&users, 2).await, None);
    let former = users.find_by_former_phone(&phone(1), NOW).await.expect("repository answers");
    assert_eq!(former, None);
    let listed = users.list(&UserFilter::default(), None, 100).await.expect("repository answers");
    assert_eq!(listed, [other]);
    assert_eq!(users.due_for_purge(NOW + DAY, 100).await.expect("repository answers"), []);

    let (name, at) = (NickName::from_stored("back"), NOW + DAY);
    users.record_login(user.id, at).await.expect("repository answers");
    assert!(!users.rename(user.id, &name, &again).await.expect("repository answers"));
    for epoch in [epoch, Epoch::default(), epoch.next().expect("epochs are left")] {
        let set = users.set_standing(user.id, epoch, Standing::Active, &again).await;
        assert_eq!(set.expect("repository answers"), None);
        let set = users.set_password(user.id, epoch, None, &again).await;
        assert_eq!(set.expect("repository answers"), None);
    }
    let undone = users.undo_number(user.id, &phone(1), NOW, &again).await;
    assert_eq!(undone.expect("repository answers"), None);
    assert_eq!(users.find(user.id).await.expect("repository answers"), None);
    assert_events(&journal, user.id, &[&done]).await;
    added(&users, 1).await;
    added(&users, 2).await;
}

/// Of several concurrent purges of a user one succeeds, in every round.
pub async fn purge_has_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let user = added(&users, round).await;
        leave(&users, &user, NOW).await;
        let outcomes = race(8, |_| {
            let (users, id) = (Arc::clone(&users), user.id);
            let event = event(EventKind::UserPurged, id);
            async move { purged(&users, id, NOW, &event).await.then_some(event) }
        })
        .await;
        let winners: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}");
        assert_events(&journal, user.id, &winners).await;
    }
}

/// Of a purge and a restoration one succeeds, in every round.
pub async fn purge_and_restoration_have_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let user = added(&users, round).await;
        let epoch = leave(&users, &user, NOW).await;
        let (id, purge, restore) = (user.id, Arc::clone(&users), Arc::clone(&users));
        let (gone, back) = (event(EventKind::UserPurged, id), event(EventKind::UserRestored, id));
        let (written, also) = (gone.clone(), back.clone());
        let (is_purged, restored) =
            duel(async move { purged(&purge, id, NOW, &gone).await }, async move {
                let set = restore.set_standing(id, epoch, Standing::Active, &back).await;
                set.expect("repository answers")
            })
            .await;
        let left = users.find(id).await.expect("repository answers");
        match (is_purged, restored) {
            (true, None) => {
                assert_eq!(left, None, "round {round}");
                assert_eq!(owner(&users, round).await, None, "round {round}");
                assert_events(&journal, id, &[&written]).await;
            }
            (false, Some(epoch)) => {
                assert_eq!(left, Some(User { epoch, ..user }), "round {round}");
                assert_eq!(owner(&users, round).await, Some(id), "round {round}");
                assert_events(&journal, id, &[&also]).await;
            }
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
}

/// Makes the user leave, with an event without subject.
async fn leave(users: &Users, user: &User, purge_at: OffsetDateTime) -> Epoch {
    let event = crate::AccountEvent::new(EventKind::UserLeaving, NOW);
    let standing = Standing::Leaving { since: NOW, purge_at };
    let set = users.set_standing(user.id, user.epoch, standing, &event).await;
    set.expect("repository answers").expect("standing changes")
}

async fn purged(
    users: &Users,
    id: UserId,
    now: OffsetDateTime,
    event: &crate::AccountEvent,
) -> bool {
    users.purge(id, now, event).await.expect("repository answers")
}
