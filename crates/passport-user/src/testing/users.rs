use std::{sync::Arc, time::Duration};

use super::{
    Accounts,
    support::{
        DAY, NOW, ROUNDS, Users, added, assert_events, event, found, owner, phone, race, user,
    },
};
use crate::{
    Epoch, EventKind, InsertUserError, NickName, PasswordHash, Standing, StandingKind, User,
    UserFilter, UserId,
};

/// An inserted user is found unchanged, by id and by number, and the event is there.
pub async fn finds_what_was_inserted((users, journal): Accounts) {
    let standings = [
        Standing::Active,
        Standing::Disabled { since: NOW.truncate_to_microsecond() },
        Standing::Leaving {
            since: NOW.truncate_to_microsecond(),
            purge_at: NOW.truncate_to_microsecond() + DAY,
        },
    ];
    for (number, standing) in (1..).zip(standings) {
        let plain = user(number);
        let user = User {
            password_hash: plain.password_hash.clone().filter(|_| number != 2),
            last_login_at: Some(plain.created_at).filter(|_| number == 3),
            epoch: Epoch::new(number - 1),
            standing,
            ..plain
        };
        let event = event(EventKind::UserCreated, user.id);
        users.insert(&user, &event).await.expect("user is added");
        assert_eq!(found(&users, user.id).await, user);
        let by_phone = users.find_by_phone(&phone(number)).await.expect("repository answers");
        assert_eq!(by_phone.as_ref(), Some(&user));
        assert_events(&journal, user.id, &[&event]).await;
    }
}

/// An unknown id or number finds no user, and a user without number is not added.
pub async fn finds_nothing_else((users, journal): Accounts) {
    added(&users, 1).await;
    let stranger = user(2);
    assert_eq!(users.find(stranger.id).await.expect("repository answers"), None);
    assert_eq!(owner(&users, 2).await, None);
    let former = users.find_by_former_phone(&phone(1), NOW).await.expect("repository answers");
    assert_eq!(former, None);

    let numberless = User { phone: None, ..stranger };
    let event = event(EventKind::UserCreated, numberless.id);
    users.insert(&numberless, &event).await.expect_err("user has no number");
    assert_eq!(users.find(numberless.id).await.expect("repository answers"), None);
    assert_events(&journal, numberless.id, &[]).await;
}

/// A second user with the same number is refused, and the first user is unchanged.
pub async fn phone_is_unique((users, journal): Accounts) {
    let (first, second) = (added(&users, 1).await, user(1));
    let refused = users.insert(&second, &event(EventKind::UserCreated, second.id)).await;
    assert!(matches!(refused, Err(InsertUserError::PhoneTaken)), "{refused:?}");
    assert_eq!(found(&users, first.id).await, first);
    assert_eq!(users.find(second.id).await.expect("repository answers"), None);
    assert_events(&journal, second.id, &[]).await;
}

/// Exactly one of several concurrent inserts of a number succeeds, in every round.
pub async fn phone_is_unique_under_concurrent_inserts((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let outcomes = race(8, |_| {
            let (users, user) = (Arc::clone(&users), user(round));
            let event = event(EventKind::UserCreated, user.id);
            async move { (user.id, users.insert(&user, &event).await, event) }
        })
        .await;
        let added = outcomes.iter().filter(|(_, outcome, _)| outcome.is_ok()).count();
        let taken = outcomes
            .iter()
            .filter(|(_, outcome, _)| matches!(outcome, Err(InsertUserError::PhoneTaken)))
            .count();
        assert_eq!((added, taken), (1, 7), "round {round}: {outcomes:?}");
        for (id, outcome, event) in outcomes {
            let expected = if outcome.is_ok() { vec![&event] } else { Vec::new() };
            assert_events(&journal, id, &expected).await;
        }
    }
}

/// The latest sign-in is stored, and all other fields are unchanged.
pub async fn records_logins((users, _): Accounts) {
    let user = added(&users, 1).await;
    let later = user.created_at + Duration::from_mins(1);
    for at in [user.created_at, later, user.created_at] {
        users.record_login(user.id, at).await.expect("repository answers");
    }
    assert_eq!(found(&users, user.id).await, User { last_login_at: Some(later), ..user });
}

/// A hash is replaced only if it equals the expected one, and the epoch stays.
pub async fn replaces_only_the_expected_hash((users, _): Accounts) {
    let (user, stranger) = (added(&users, 1).await, added(&users, 2).await);
    let (old, new, newer) = ("$old", "$new", "$newer");
    assert!(replaced(&users, user.id, old, new).await);
    assert!(!replaced(&users, user.id, old, newer).await);
    let user = User { password_hash: Some(PasswordHash::new(new)), ..user };
    assert_eq!(found(&users, user.id).await, user);
    assert_eq!(found(&users, stranger.id).await, stranger);

    let passwordless = User { password_hash: None, ..self::user(3) };
    let event = event(EventKind::UserCreated, passwordless.id);
    users.insert(&passwordless, &event).await.expect("user is added");
    assert!(!replaced(&users, passwordless.id, old, new).await);
    assert!(!replaced(&users, passwordless.id, "", new).await);
    assert_eq!(found(&users, passwordless.id).await, passwordless);
}

/// Exactly one of several concurrent replacements of a hash succeeds, in every round.
pub async fn replace_has_one_winner((users, _): Accounts) {
    for round in 0..ROUNDS {
        let user = added(&users, round).await;
        let winners = race(8, |rival| {
            let (users, id, new) = (Arc::clone(&users), user.id, format!("$new{rival}"));
            async move { replaced(&users, id, "$old", &new).await }
        })
        .await;
        let winners = winners.into_iter().filter(|won| *won).count();
        assert_eq!(winners, 1, "round {round}");
    }
}

/// The nick name changes and nothing else; an unknown user leaves no event.
pub async fn renames((users, journal): Accounts) {
    let (user, stranger) = (added(&users, 1).await, user(2));
    let name = NickName::from_stored("王小明 '\"; --");
    let (done, refused) =
        (event(EventKind::UserRenamed, user.id), event(EventKind::UserRenamed, stranger.id));
    assert!(users.rename(user.id, &name, &done).await.expect("repository answers"));
    assert!(!users.rename(stranger.id, &name, &refused).await.expect("repository answers"));
    assert_events(&journal, user.id, &[&done]).await;
    assert_events(&journal, stranger.id, &[]).await;
    assert_eq!(found(&users, user.id).await, User { nick_name: name, ..user });
}

/// Users are listed in the order of their ids, page by page, by standing and by last sign-in.
pub async fn lists_by_id_and_filter((users, _): Accounts) {
    let mut all = Vec::new();
    for number in 0..5 {
        all.push(added(&users, number).await.id);
    }
    all.sort_by_key(|id| id.as_uuid());
    let everyone = UserFilter::default();
    assert_eq!(listed(&users, &everyone, None, 100).await, all);
    assert_eq!(listed(&users, &everyone, None, 2).await, all[..2]);
    assert_eq!(listed(&users, &everyone, Some(all[1]), 2).await, all[2..4]);
    assert_eq!(listed(&users, &everyone, Some(all[4]), 2).await, []);

    let disabled = Standing::Disabled { since: NOW };
    let event = event(EventKind::UserDisabled, all[0]);
    let changed = users.set_standing(all[0], Epoch::default(), disabled, &event).await;
    changed.expect("repository answers").expect("standing changes");
    let of = |standing| UserFilter { standing: Some(standing), quiet_since: None };
    assert_eq!(listed(&users, &of(StandingKind::Disabled), None, 100).await, all[..1]);
    assert_eq!(listed(&users, &of(StandingKind::Active), None, 100).await, all[1..]);
    assert_eq!(listed(&users, &of(StandingKind::Leaving), None, 100).await, []);

    // The others have not signed in since they were created.
    let created = NOW.truncate_to_microsecond();
    users.record_login(all[1], created + DAY).await.expect("repository answers");
    let quiet = |since| UserFilter { standing: None, quiet_since: Some(since) };
    assert_eq!(listed(&users, &quiet(created), None, 100).await, []);
    let others = [all[0], all[2], all[3], all[4]];
    assert_eq!(listed(&users, &quiet(created + DAY), None, 100).await, others);
    assert_eq!(listed(&users, &quiet(created + 2 * DAY), None, 100).await, all);
    let both = UserFilter { standing: Some(StandingKind::Active), ..quiet(created + DAY) };
    assert_eq!(listed(&users, &both, Some(all[2]), 1).await, [all[3]]);
}

async fn listed(
    users: &Users,
    filter: &UserFilter,
    after: Option<UserId>,
    limit: u32,
) -> Vec<UserId> {
    let page = users.list(filter, after, limit).await.expect("repository answers");
    page.into_iter().map(|user| user.id).collect()
}

async fn replaced(users: &Users, id: UserId, old: &str, new: &str) -> bool {
    let (old, new) = (PasswordHash::new(old), PasswordHash::new(new));
    users.replace_password_hash(id, &old, &new).await.expect("repository answers")
}
