use std::{sync::Arc, time::Duration};

use super::{
    Accounts,
    support::{
        DAY, NOW, ROUNDS, added, assert_events, changed, duel, event, found, owner, phone, race,
        user,
    },
};
use crate::{Epoch, EventKind, InsertUserError, NumberUndone, User};

const SOON: Duration = Duration::from_secs(10);

/// The former number is current again, the password is removed and the epoch raised.
pub async fn undoes_changes_of_number((users, journal): Accounts) {
    let (user, other) = (added(&users, 1).await, added(&users, 3).await);
    changed(&users, user.id, 2, NOW).await;
    let (done, refused) =
        (event(EventKind::NumberUndone, user.id), event(EventKind::NumberUndone, other.id));
    for (id, number) in [(other.id, 1), (user.id, 2), (user.id, 3), (self::user(4).id, 1)] {
        let answer = users.undo_number(id, &phone(number), NOW + SOON, &refused).await;
        assert_eq!(answer.expect("repository answers"), None, "{id} {number}");
    }
    assert_eq!(owner(&users, 2).await, Some(user.id));

    let undone = users.undo_number(user.id, &phone(1), NOW + SOON, &done).await;
    let changed_at = NOW.truncate_to_microsecond();
    let expected = NumberUndone { epoch: Epoch::new(2), changed_at };
    assert_eq!(undone.expect("repository answers"), Some(expected));
    let expected = User { password_hash: None, epoch: Epoch::new(2), ..user.clone() };
    assert_eq!(found(&users, user.id).await, expected);
    assert_eq!(owner(&users, 1).await, Some(user.id));
    assert_eq!(owner(&users, 2).await, None);
    for number in [1, 2] {
        let former = users.find_by_former_phone(&phone(number), NOW + SOON).await;
        assert_eq!(former.expect("repository answers"), None, "{number}");
    }
    assert_events(&journal, user.id, &[&done]).await;
    assert_events(&journal, other.id, &[]).await;
    assert_eq!(found(&users, other.id).await, other);
    added(&users, 2).await;
}

/// An undo frees the numbers that came with the change or later; those that were kept back before
/// the change stay.
pub async fn undo_frees_what_came_later((users, _): Accounts) {
    let user = added(&users, 1).await;
    // All at one time: the order of the changes is that of the epochs.
    for number in [2, 3, 4] {
        changed(&users, user.id, number, NOW).await;
    }
    let event = event(EventKind::NumberUndone, user.id);
    let undone = users.undo_number(user.id, &phone(2), NOW + SOON, &event).await;
    assert!(undone.expect("repository answers").is_some());
    assert_eq!(owner(&users, 2).await, Some(user.id));
    added(&users, 3).await;
    added(&users, 4).await;
    let former = users.find_by_former_phone(&phone(1), NOW + SOON).await;
    assert_eq!(former.expect("repository answers").map(|user| user.id), Some(user.id));

    let undone = users.undo_number(user.id, &phone(1), NOW + SOON, &event).await;
    assert!(undone.expect("repository answers").is_some());
    assert_eq!(owner(&users, 1).await, Some(user.id));
    added(&users, 2).await;
}

/// After its period a change cannot be undone.
pub async fn undo_ends_in_time((users, journal): Accounts) {
    let user = added(&users, 1).await;
    changed(&users, user.id, 2, NOW).await;
    let before = found(&users, user.id).await;
    let event = event(EventKind::NumberUndone, user.id);
    let late = users.undo_number(user.id, &phone(1), NOW + DAY, &event).await;
    assert_eq!(late.expect("repository answers"), None);
    assert_eq!(found(&users, user.id).await, before);
    assert_events(&journal, user.id, &[]).await;
    let last = NOW + DAY - Duration::from_secs(1);
    let undone = users.undo_number(user.id, &phone(1), last, &event).await;
    assert!(undone.expect("repository answers").is_some());
}

/// Of several concurrent undos of one change one succeeds, in every round.
pub async fn undo_has_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let (old, new) = (2 * round, 2 * round + 1);
        let user = added(&users, old).await;
        changed(&users, user.id, new, NOW).await;
        let outcomes = race(8, |_| {
            let (users, id) = (Arc::clone(&users), user.id);
            let event = event(EventKind::NumberUndone, id);
            async move {
                let undone = users.undo_number(id, &phone(old), NOW + SOON, &event).await;
                undone.expect("repository answers").map(|_| event)
            }
        })
        .await;
        let winners: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(found(&users, user.id).await.epoch, Epoch::new(2), "round {round}");
        assert_events(&journal, user.id, &winners).await;
    }
}

/// Of an undo just before its end by one clock and a sign-up on the number just after it by another
/// one succeeds, in every round.
pub async fn undo_and_sign_up_on_the_old_number_have_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let (old, new) = (2 * round, 2 * round + 1);
        let user = added(&users, old).await;
        changed(&users, user.id, new, NOW).await;
        let (id, undo) = (user.id, Arc::clone(&users));
        let undone = event(EventKind::NumberUndone, id);
        let newcomer = User { created_at: NOW + DAY, ..self::user(old) };
        let (next, sign_up) = (newcomer.id, Arc::clone(&users));
        let created = event(EventKind::UserCreated, next);
        let (written, also) = (undone.clone(), created.clone());
        let (is_undone, signed_up) = duel(
            async move {
                let now = NOW + DAY - Duration::from_secs(1);
                let answer = undo.undo_number(id, &phone(old), now, &undone).await;
                answer.expect("repository answers").is_some()
            },
            async move { sign_up.insert(&newcomer, &created).await },
        )
        .await;
        match (is_undone, signed_up) {
            (true, Err(InsertUserError::PhoneTaken)) => {
                assert_eq!(owner(&users, old).await, Some(id), "round {round}");
                assert_eq!(owner(&users, new).await, None, "round {round}");
                assert_events(&journal, id, &[&written]).await;
                assert_events(&journal, next, &[]).await;
            }
            (false, Ok(())) => {
                assert_eq!(owner(&users, old).await, Some(next), "round {round}");
                assert_eq!(owner(&users, new).await, Some(id), "round {round}");
                assert_events(&journal, id, &[]).await;
                assert_events(&journal, next, &[&also]).await;
            }
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
}

/// The number that an undo frees goes to one of the users who sign up on it meanwhile, in every
/// round.
pub async fn undo_frees_the_number_for_one((users, _): Accounts) {
    for round in 0..ROUNDS {
        let (old, new) = (2 * round, 2 * round + 1);
        let user = added(&users, old).await;
        changed(&users, user.id, new, NOW).await;
        let outcomes = race(5, |rival| {
            let (users, id, newcomer) = (Arc::clone(&users), user.id, self::user(new));
            async move {
                if rival == 0 {
                    let event = event(EventKind::NumberUndone, id);
                    let undone = users.undo_number(id, &phone(old), NOW + SOON, &event).await;
                    assert!(undone.expect("repository answers").is_some(), "round {round}");
                    return None;
                }
                let event = event(EventKind::UserCreated, newcomer.id);
                for _ in 0..1_000 {
                    match users.insert(&newcomer, &event).await {
                        Ok(()) => return Some(newcomer.id),
                        Err(InsertUserError::PhoneTaken) => {}
                        Err(error) => panic!("repository answers: {error}"),
                    }
                    if owner(&users, new).await.is_some_and(|owner| owner != id) {
                        return None;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                panic!("round {round}: number was not freed");
            }
        })
        .await;
        let winners: Vec<_> = outcomes.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(owner(&users, new).await, winners.first().copied(), "round {round}");
        assert_eq!(owner(&users, old).await, Some(user.id), "round {round}");
        assert_eq!(found(&users, user.id).await.phone, Some(phone(old)), "round {round}");
    }
}
