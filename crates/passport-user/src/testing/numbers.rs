use std::{sync::Arc, time::Duration};

use super::{
    Accounts,
    support::{
        DAY, NOW, ROUNDS, added, assert_events, change, changed, event, found, owner, phone, race,
        user,
    },
};
use crate::{Epoch, EventKind, InsertUserError, NumberChange, NumberChanged, User};

/// The new number is current, the former one is kept back, and the epoch is raised.
pub async fn changes_numbers((users, journal): Accounts) {
    let user = added(&users, 1).await;
    let (done, stale) =
        (event(EventKind::NumberChanged, user.id), event(EventKind::NumberChanged, user.id));
    let answer = users.change_number(user.id, user.epoch, &change(2, NOW), &done).await;
    assert_eq!(answer.expect("repository answers"), NumberChanged::Changed(Epoch::new(1)));
    let expected = User { phone: Some(phone(2)), epoch: Epoch::new(1), ..user.clone() };
    assert_eq!(found(&users, user.id).await, expected);
    assert_eq!(owner(&users, 2).await, Some(user.id));
    assert_eq!(owner(&users, 1).await, None);

    let answer = users.change_number(user.id, user.epoch, &change(3, NOW), &stale).await;
    assert_eq!(answer.expect("repository answers"), NumberChanged::Stale);
    let unknown = self::user(4).id;
    let answer = users.change_number(unknown, user.epoch, &change(3, NOW), &stale).await;
    assert_eq!(answer.expect("repository answers"), NumberChanged::Stale);
    assert_eq!(found(&users, user.id).await, expected);
    assert_eq!(owner(&users, 3).await, None);
    assert_events(&journal, user.id, &[&done]).await;

    let until = NOW + DAY;
    for (number, now, expected) in [
        (1, NOW, Some(expected.clone())),
        (1, until - Duration::from_secs(1), Some(expected)),
        (1, until, None),
        (2, NOW, None),
    ] {
        let former = users.find_by_former_phone(&phone(number), now).await;
        assert_eq!(former.expect("repository answers"), expected, "{number} at {now}");
    }
}

/// A number of another user, current or kept back, is taken, and nothing changes.
pub async fn refuses_numbers_of_others((users, journal): Accounts) {
    let (user, other) = (added(&users, 1).await, added(&users, 2).await);
    changed(&users, other.id, 3, NOW).await;
    let refused = event(EventKind::NumberChanged, user.id);
    for number in [2, 3] {
        let answer = users.change_number(user.id, user.epoch, &change(number, NOW), &refused).await;
        assert_eq!(answer.expect("repository answers"), NumberChanged::Taken, "{number}");
        assert_eq!(found(&users, user.id).await, user);
    }
    assert_events(&journal, user.id, &[]).await;
    assert_eq!(owner(&users, 3).await, Some(other.id));

    // The number that was kept back is free when the undo has ended.
    changed(&users, user.id, 2, NOW + DAY).await;
    assert_eq!(owner(&users, 2).await, Some(user.id));
    let former = users.find_by_former_phone(&phone(2), NOW + DAY).await;
    assert_eq!(former.expect("repository answers"), None);
}

/// The number that the user has is taken for this user too: the change would raise the epoch and keep
/// back the current number.
pub async fn own_number_is_taken((users, journal): Accounts) {
    let user = added(&users, 1).await;
    let refused = event(EventKind::NumberChanged, user.id);
    let answer = users.change_number(user.id, user.epoch, &change(1, NOW), &refused).await;
    assert_eq!(answer.expect("repository answers"), NumberChanged::Taken);
    assert_eq!(found(&users, user.id).await, user);
    assert_eq!(owner(&users, 1).await, Some(user.id));
    let former = users.find_by_former_phone(&phone(1), NOW).await;
    assert_eq!(former.expect("repository answers"), None);
    assert_events(&journal, user.id, &[]).await;
}

/// No more numbers are kept back for one user than are allowed; those whose undo has ended do not
/// count.
pub async fn keeps_back_a_few_numbers((users, journal): Accounts) {
    let user = added(&users, 0).await;
    for number in 1..=NumberChange::MAX_UNDOABLE {
        changed(&users, user.id, number, NOW + Duration::from_secs(number.into())).await;
    }
    let before = found(&users, user.id).await;
    let refused = event(EventKind::NumberChanged, user.id);
    let soon = change(100, NOW + Duration::from_mins(1));
    let answer = users.change_number(user.id, before.epoch, &soon, &refused).await;
    assert_eq!(answer.expect("repository answers"), NumberChanged::TooMany);
    assert_eq!(found(&users, user.id).await, before);
    assert_eq!(owner(&users, 100).await, None);
    for number in 0..NumberChange::MAX_UNDOABLE {
        let former = users.find_by_former_phone(&phone(number), NOW).await;
        assert_eq!(former.expect("repository answers").as_ref(), Some(&before), "{number}");
    }
    assert_events(&journal, user.id, &[]).await;

    let first_ends = NOW + Duration::from_secs(1) + DAY;
    changed(&users, user.id, 100, first_ends).await;
    assert_eq!(owner(&users, 100).await, Some(user.id));
}

/// A number that is kept back for the user is not taken for this user.
pub async fn returns_to_a_number_kept_back((users, _): Accounts) {
    let user = added(&users, 1).await;
    changed(&users, user.id, 2, NOW).await;
    let epoch = changed(&users, user.id, 1, NOW + Duration::from_secs(1)).await;
    assert_eq!(found(&users, user.id).await, User { epoch, ..user.clone() });
    assert_eq!(owner(&users, 1).await, Some(user.id));
    assert_eq!(owner(&users, 2).await, None);
    let later = NOW + Duration::from_secs(2);
    for (number, expected) in [(1, None), (2, Some(user.id))] {
        let former = users.find_by_former_phone(&phone(number), later).await;
        let former = former.expect("repository answers").map(|user| user.id);
        assert_eq!(former, expected, "{number}");
    }
}

/// A number that is kept back cannot be registered until the undo has ended.
pub async fn number_kept_back_is_taken_until_the_undo_ends((users, journal): Accounts) {
    let user = added(&users, 1).await;
    changed(&users, user.id, 2, NOW).await;
    let early = User { created_at: NOW + DAY - Duration::from_secs(1), ..self::user(1) };
    let refused = users.insert(&early, &event(EventKind::UserCreated, early.id)).await;
    assert!(matches!(refused, Err(InsertUserError::PhoneTaken)), "{refused:?}");
    assert_events(&journal, early.id, &[]).await;

    let next = User { created_at: (NOW + DAY).truncate_to_microsecond(), ..self::user(1) };
    let created = event(EventKind::UserCreated, next.id);
    users.insert(&next, &created).await.expect("number is free");
    assert_eq!(owner(&users, 1).await, Some(next.id));
    assert_eq!(owner(&users, 2).await, Some(user.id));
    let former = users.find_by_former_phone(&phone(1), NOW).await.expect("repository answers");
    assert_eq!(former, None);
}

/// Of several concurrent changes of one user's number one succeeds, in every round.
pub async fn change_number_has_one_winner((users, journal): Accounts) {
    for round in 0..ROUNDS {
        let first = 10 * round;
        let user = added(&users, first).await;
        let outcomes = race(8, |rival| {
            let (users, id) = (Arc::clone(&users), user.id);
            let number = first + 1 + u32::try_from(rival).expect("rivals are few");
            let event = event(EventKind::NumberChanged, id);
            async move {
                let change = change(number, NOW);
                let answer = users.change_number(id, Epoch::default(), &change, &event).await;
                (number, answer.expect("repository answers"), event)
            }
        })
        .await;
        let is_winner = |answer| answer == NumberChanged::Changed(Epoch::new(1));
        let winners: Vec<_> = outcomes.iter().filter(|(_, answer, _)| is_winner(*answer)).collect();
        assert_eq!(winners.len(), 1, "round {round}: {outcomes:?}");
        for (number, answer, event) in &outcomes {
            if is_winner(*answer) {
                assert_eq!(owner(&users, *number).await, Some(user.id), "round {round}");
                assert_events(&journal, user.id, &[event]).await;
            } else {
                assert_eq!(*answer, NumberChanged::Stale, "round {round}");
                assert_eq!(owner(&users, *number).await, None, "round {round}");
            }
        }
    }
}

/// Of several users who change to one number at once one gets it, in every round.
pub async fn change_to_one_number_has_one_winner((users, _): Accounts) {
    for round in 0..ROUNDS {
        let wanted = 10 * round;
        let mut rivals = Vec::new();
        for rival in 1..=4 {
            rivals.push(added(&users, wanted + rival).await);
        }
        let outcomes = race(4, |rival| {
            let (users, id) = (Arc::clone(&users), rivals[rival].id);
            let event = event(EventKind::NumberChanged, id);
            async move {
                let change = change(wanted, NOW);
                let answer = users.change_number(id, Epoch::default(), &change, &event).await;
                answer.expect("repository answers")
            }
        })
        .await;
        let winners =
            outcomes.iter().filter(|answer| matches!(answer, NumberChanged::Changed(_))).count();
        assert_eq!(winners, 1, "round {round}: {outcomes:?}");
        for (user, outcome) in rivals.iter().zip(outcomes) {
            if let NumberChanged::Changed(_) = outcome {
                assert_eq!(owner(&users, wanted).await, Some(user.id), "round {round}");
            } else {
                assert_eq!(outcome, NumberChanged::Taken, "round {round}");
                assert_eq!(found(&users, user.id).await, *user, "round {round}");
            }
        }
    }
}
