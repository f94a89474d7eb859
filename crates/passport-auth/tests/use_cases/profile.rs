//! The own profile: nick name, history, export.

use std::time::Duration;

use passport_auth::{Authenticated, Denied, ExportError, Profile, policies};
use passport_user::{AccountEvent, EventKind, EventOutcome, NickName, PhoneNumber, User};

use crate::world::{OTHER_PHONE, PHONE, World, caller};

fn name(n: usize) -> NickName {
    format!("Wang {n}").parse().expect("the name is right")
}

async fn rename(world: &World, person: &Authenticated, n: usize) -> Result<User, Denied> {
    world.accounts.profile.rename(person.clone(), name(n), caller(1)).await
}

async fn renames(world: &World) -> Vec<AccountEvent> {
    let events = world.events().await;
    events.into_iter().filter(|event| event.kind == EventKind::UserRenamed).collect()
}

#[tokio::test]
async fn a_name_is_changed_ten_times_a_day() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    for n in 0..10 {
        assert_eq!(rename(&world, &person, n).await.unwrap().nick_name, name(n));
    }
    let refused = rename(&world, &person, 10).await;
    assert!(
        matches!(&refused, Err(Denied::TooMany(refusal))
            if refusal.policy == policies::RENAMES_PER_USER),
        "{refused:?}"
    );
    assert_eq!(world.account(PHONE).await.unwrap().nick_name, name(9));
    let other = world.person(OTHER_PHONE).await;
    rename(&world, &other, 0).await.unwrap();
    world.clock.advance(Duration::from_hours(24));
    rename(&world, &person, 10).await.unwrap();
}

/// Else a person could fill the journal.
#[tokio::test]
async fn the_same_name_again_is_neither_charged_nor_an_event() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    rename(&world, &person, 0).await.unwrap();
    let person = world.read(&person.token).await.unwrap();
    for _ in 0..30 {
        assert_eq!(rename(&world, &person, 0).await.unwrap().nick_name, name(0));
    }
    assert_eq!(renames(&world).await.len(), 1);
    for n in 1..10 {
        rename(&world, &person, n).await.unwrap();
    }
}

#[tokio::test]
async fn a_name_that_was_not_stored_is_not_charged() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    for _ in 0..20 {
        world.outage.take_down(&["users"]);
        let down = rename(&world, &person, 1).await;
        assert!(matches!(down, Err(Denied::Unavailable(_))));
        world.outage.end();
    }
    rename(&world, &person, 1).await.unwrap();
}

/// The account is gone when the name would be stored.
#[tokio::test]
async fn a_name_that_was_not_changed_is_not_told_as_changed() {
    let world = World::with(|setup| {
        setup.allow_many_messages();
        setup.grace = Duration::ZERO;
    });
    let person = world.person(PHONE).await;
    world.accounts.leave.leave(person.clone(), caller(1)).await.unwrap();
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 1);
    let told = rename(&world, &person, 0).await.unwrap();
    assert_eq!(told.nick_name, person.user.nick_name);
    assert!(renames(&world).await.is_empty());
}

#[tokio::test]
async fn a_history_is_that_of_the_person_newest_first_in_pages() {
    let world = World::roomy();
    let other = world.person(OTHER_PHONE).await;
    let person = world.person(PHONE).await;
    for _ in 0..60 {
        world.clock.advance(Duration::from_secs(61));
        world.person(PHONE).await;
    }
    world.detached.events().flush().await;
    let profile = &world.accounts.profile;
    let first = profile.history(&person, None).await.unwrap();
    assert_eq!(first.len(), Profile::PAGE as usize);
    assert!(first.is_sorted_by(|a, b| a.id > b.id));
    let last = first.last().unwrap().id;
    let second = profile.history(&person, Some(last)).await.unwrap();
    assert!(second.iter().all(|event| event.id < last));
    // Sign-up, and 61 sign-ins.
    assert_eq!(first.len() + second.len(), 62);
    let all = [first, second].concat();
    assert!(all.iter().all(|event| event.subject == Some(person.user.id)));
    assert!(!all.iter().any(|event| event.subject == Some(other.user.id)));
}

#[tokio::test]
async fn a_history_is_read_sixty_times_a_minute() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    for _ in 0..60 {
        world.accounts.profile.history(&person, None).await.unwrap();
    }
    let refused = world.accounts.profile.history(&person, None).await;
    assert!(
        matches!(&refused, Err(Denied::TooMany(refusal))
            if refusal.policy == policies::HISTORY_PER_USER),
        "{refused:?}"
    );
    world.clock.advance(Duration::from_mins(1));
    world.accounts.profile.history(&person, None).await.unwrap();
    world.outage.take_down(&["journal.read"]);
    let down = world.accounts.profile.history(&person, None).await;
    assert!(matches!(down, Err(Denied::Unavailable(_))), "{down:?}");
}

#[tokio::test]
async fn an_export_has_everything_of_the_person() {
    let world = World::roomy();
    world.person(OTHER_PHONE).await;
    let person = world.person(PHONE).await;
    let second = world.person(PHONE).await;
    world.detached.events().flush().await;
    let data = world.accounts.export_data.export(second.clone(), caller(1)).await.unwrap();
    assert_eq!(data.user, second.user);
    assert_eq!(data.user.phone.as_ref().map(PhoneNumber::as_e164), Some("+8613800138000"));
    let mut sessions: Vec<_> = data.sessions.iter().map(|session| session.id.as_uuid()).collect();
    let mut expected = [person.session.id.as_uuid(), second.session.id.as_uuid()];
    sessions.sort();
    expected.sort();
    assert_eq!(sessions, expected);
    assert_eq!(data.events.len(), 3, "sign-up and two sign-ins");
    assert!(data.events.iter().all(|event| event.subject == Some(person.user.id)));
}

#[tokio::test]
async fn an_export_of_many_events_is_whole() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let events: Vec<_> = (0..1_234)
        .map(|_| AccountEvent {
            subject: Some(person.user.id),
            ..AccountEvent::new(EventKind::SessionEnded, person.session.created_at)
        })
        .collect();
    world.events().await;
    world.journal.record(&events).await.unwrap();
    let data = world.accounts.export_data.export(person, caller(1)).await.unwrap();
    assert_eq!(data.events.len(), 1_234 + 2);
}

#[tokio::test]
async fn data_is_exported_three_times_a_day() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let export = || world.accounts.export_data.export(person.clone(), caller(1));
    for down in ["sessions.list", "journal.read"].repeat(3) {
        world.outage.take_down(&[down]);
        let refused = export().await;
        assert!(matches!(refused, Err(ExportError::Denied(Denied::Unavailable(_)))), "{down}");
        world.outage.end();
    }
    for _ in 0..3 {
        export().await.expect("what was not exported is not charged");
    }
    let refused = export().await;
    assert!(
        matches!(&refused, Err(ExportError::Denied(Denied::TooMany(refusal)))
            if refusal.policy == policies::EXPORTS_PER_USER),
        "{refused:?}"
    );
    let events = world.events().await;
    let exported = events.iter().filter(|event| event.kind == EventKind::UserExported);
    assert_eq!(exported.filter(|event| event.outcome == EventOutcome::Done).count(), 3);
}
