//! What the contracts cannot see: the tables around an act, and the clock of the database.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use passport_user::{
    AccountEvent, Epoch, EventFilter, EventKind, NumberChange, NumberChanged, PasswordHash, User,
    UserRepository,
};
use tokio::sync::Barrier;

use crate::{
    room::{self, NOW},
    sql::{execute, lines, try_execute},
};

const DAY: Duration = Duration::from_hours(24);

async fn change(
    users: &Arc<dyn UserRepository>,
    user: &User,
    epoch: u32,
    number: u32,
) -> NumberChanged {
    let change = NumberChange { number: room::phone(number), now: NOW, undo_until: NOW + DAY };
    let event = AccountEvent::new(EventKind::NumberChanged, NOW);
    users.change_number(user.id, Epoch::new(epoch), &change, &event).await.unwrap()
}

async fn numbers(url: &str) -> Vec<String> {
    lines(url, "SELECT phone AS line FROM user_phones ORDER BY 1").await
}

/// The last event of a batch cannot be written: none of it is, in whichever statement it is.
async fn events_are_recorded_all_or_none(url: String) {
    let journal = room::migrated(&url).await.journal();
    let refuse = if url.starts_with("sqlite:") {
        "CREATE TRIGGER refuse BEFORE INSERT ON audit_events WHEN NEW.request_id = 'no' \
             BEGIN SELECT RAISE(ABORT, 'no'); END"
    } else {
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER refuse BEFORE INSERT ON audit_events FOR EACH ROW \
             WHEN (NEW.request_id = 'no') EXECUTE FUNCTION refuse();"
    };
    execute(&url, refuse).await;
    let all = EventFilter::default();
    let mut recorded = 0;
    for (count, bad) in [(2, 1), (3, 0), (64, 40), (149, 70), (149, 148)] {
        let mut events: Vec<_> =
            (0..count).map(|_| AccountEvent::new(EventKind::CodeSent, NOW)).collect();
        events[bad].request_id = Some("no".to_owned());
        journal.record(&events).await.expect_err("one of the events is refused");
        let found = journal.read(&all, None, 1_000).await.unwrap().len();
        assert_eq!(found, recorded, "{url}: {bad} of {count}");
        events[bad].request_id = None;
        journal.record(&events).await.expect("the journal takes them now");
        recorded += count;
        assert_eq!(journal.read(&all, None, 1_000).await.unwrap().len(), recorded, "{url}");
    }
}

room::on_each_database!("multi_thread", events_are_recorded_all_or_none);

/// Not even with SQL.
#[expect(clippy::disallowed_methods, reason = "the database decides by its own clock")]
async fn young_events_can_be_neither_changed_nor_deleted(url: String) {
    let database = room::migrated(&url).await;
    let journal = database.journal();
    let now = time::OffsetDateTime::now_utc();
    let young = AccountEvent::new(EventKind::CodeSent, now - 29 * DAY);
    let old = AccountEvent::new(EventKind::CodeSent, now - 31 * DAY);
    journal.record(&[young.clone(), old.clone()]).await.unwrap();
    let mut statements =
        vec!["UPDATE audit_events SET kind = 'user.purged'", "DELETE FROM audit_events"];
    if !url.starts_with("sqlite:") {
        statements.push("TRUNCATE audit_events");
    }
    for statement in statements {
        try_execute(&url, statement).await.expect_err(statement);
    }
    journal.purge(now).await.expect_err("the younger one is protected");
    assert_eq!(
        journal.read(&EventFilter::default(), None, 10).await.unwrap(),
        [young.clone(), old]
    );
    assert_eq!(journal.purge(now - 30 * DAY).await.unwrap(), 1, "{url}");
    assert_eq!(journal.read(&EventFilter::default(), None, 10).await.unwrap(), [young]);
}

room::on_each_database!("multi_thread", young_events_can_be_neither_changed_nor_deleted);

/// Also if clocks differ, or two changes have the same time: the epochs of the changes decide.
async fn an_undo_frees_what_came_later_even_at_the_same_time(url: String) {
    let users = room::migrated(&url).await.users();
    let user = room::user(1);
    room::add(&users, &user).await.unwrap();
    for number in 2..=4 {
        let changed = change(&users, &user, number - 2, number).await;
        assert_eq!(changed, NumberChanged::Changed(Epoch::new(number - 1)), "{url}");
    }
    let event = AccountEvent::new(EventKind::NumberUndone, NOW);
    let undone = users.undo_number(user.id, &room::phone(2), NOW, &event).await.unwrap();
    let undone = undone.expect("the number is kept back");
    assert_eq!((undone.epoch, undone.changed_at), (Epoch::new(4), NOW));
    // 3 was kept back later and is free, 1 was kept back before and stays.
    assert_eq!(numbers(&url).await, [room::phone(1).as_e164(), room::phone(2).as_e164()]);
    assert!(users.find_by_former_phone(&room::phone(1), NOW).await.unwrap().is_some());
}

room::on_each_database!("multi_thread", an_undo_frees_what_came_later_even_at_the_same_time);

async fn a_sweep_deletes_numbers_whose_undo_period_has_ended(url: String) {
    let database = room::migrated(&url).await;
    let users = database.users();
    for number in 1..=3 {
        let user = room::user(number);
        room::add(&users, &user).await.unwrap();
        change(&users, &user, 0, 10 + number).await;
    }
    assert_eq!(database.sweep(NOW + DAY - Duration::from_micros(1)).await.unwrap(), 0);
    assert_eq!(numbers(&url).await.len(), 6);
    assert_eq!(database.sweep(NOW + DAY).await.unwrap(), 3, "{url}");
    assert_eq!(numbers(&url).await.len(), 3);
    assert!(users.find_by_phone(&room::phone(11)).await.unwrap().is_some());
}

room::on_each_database!("multi_thread", a_sweep_deletes_numbers_whose_undo_period_has_ended);

/// The number is free for a sign-up at the end of its undo period, and an undo comes at that moment too.
async fn a_number_at_the_end_of_its_undo_period_gets_one_owner(url: String) {
    let users = room::migrated(&url).await.users();
    for round in 0..50 {
        let (owner, former) = (room::user(round), room::phone(round));
        room::add(&users, &owner).await.unwrap();
        change(&users, &owner, 0, 1_000 + round).await;
        let start = Arc::new(Barrier::new(5));
        let undoing = tokio::spawn({
            let (users, start, former) = (users.clone(), start.clone(), former.clone());
            async move {
                let event = AccountEvent::new(EventKind::NumberUndone, NOW);
                start.wait().await;
                let now = NOW + DAY - Duration::from_micros(1);
                users.undo_number(owner.id, &former, now, &event).await.unwrap().is_some()
            }
        });
        let signing_up = (0..4).map(|_| {
            let (users, start) = (users.clone(), start.clone());
            let user = User::new(former.clone(), None, NOW + DAY);
            tokio::spawn(async move {
                let event = AccountEvent::new(EventKind::UserCreated, NOW + DAY);
                start.wait().await;
                users.insert(&user, &event).await.is_ok()
            })
        });
        let signed_up = join_all(signing_up.collect::<Vec<_>>()).await;
        let winners = signed_up.into_iter().filter(|won| *won.as_ref().unwrap()).count();
        let winners = winners + usize::from(undoing.await.unwrap());
        assert_eq!(winners, 1, "{url}: round {round}");
        assert!(users.find_by_phone(&former).await.unwrap().is_some());
    }
}

room::on_each_database!("multi_thread", a_number_at_the_end_of_its_undo_period_gets_one_owner);

/// Changes of two users who take each other's free numbers, a hundred at once, do not block each other.
async fn changes_of_many_users_do_not_block_each_other(url: String) {
    let users = room::migrated(&url).await.users();
    let all: Vec<_> = (0..8).map(room::user).collect();
    for user in &all {
        room::add(&users, user).await.unwrap();
    }
    for round in 0..20 {
        let changing = all.iter().map(|user| {
            let (users, user) = (users.clone(), user.clone());
            tokio::spawn(async move {
                let epoch = users.find(user.id).await.unwrap().unwrap().epoch;
                let now = NOW + DAY * round;
                for number in 100..104 {
                    let change = NumberChange {
                        number: room::phone(number),
                        now,
                        undo_until: now + DAY / 2,
                    };
                    let event = AccountEvent::new(EventKind::NumberChanged, now);
                    let changed = users.change_number(user.id, epoch, &change, &event).await;
                    if let NumberChanged::Changed(_) = changed.unwrap() {
                        return 1;
                    }
                }
                0
            })
        });
        let changed: usize = join_all(changing.collect::<Vec<_>>())
            .await
            .into_iter()
            .map(|changed| changed.unwrap())
            .sum();
        assert!(changed <= 4, "{url}: round {round}: {changed} users have 4 numbers");
        if round == 0 {
            assert_eq!(changed, 4, "{url}");
        }
    }
}

room::on_each_database!("multi_thread", changes_of_many_users_do_not_block_each_other);

/// A password of the same epoch as the change loses, whichever comes first.
async fn of_a_password_and_a_standing_one_is_set(url: String) {
    use passport_user::Standing;

    let users = room::migrated(&url).await.users();
    for round in 0..50 {
        let user = room::user(round);
        room::add(&users, &user).await.unwrap();
        let start = Arc::new(Barrier::new(2));
        let event = AccountEvent::new(EventKind::PasswordChanged, NOW);
        let first = {
            let (users, start, event) = (users.clone(), start.clone(), event.clone());
            tokio::spawn(async move {
                start.wait().await;
                let hash = PasswordHash::new("$new");
                users.set_password(user.id, user.epoch, Some(&hash), &event).await.unwrap()
            })
        };
        let second = {
            let users = users.clone();
            tokio::spawn(async move {
                start.wait().await;
                let standing = Standing::Disabled { since: NOW };
                let event = AccountEvent::new(EventKind::UserDisabled, NOW);
                users.set_standing(user.id, user.epoch, standing, &event).await.unwrap()
            })
        };
        let (first, second) = (first.await.unwrap(), second.await.unwrap());
        assert!(first.is_some() != second.is_some(), "{url}: round {round}: {first:?} {second:?}");
    }
}

room::on_each_database!("multi_thread", of_a_password_and_a_standing_one_is_set);
