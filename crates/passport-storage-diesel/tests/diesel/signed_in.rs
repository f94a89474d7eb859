//! The query of each request of a signed-in client.

use std::time::Duration;

use passport_session::{Device, Lifetime, Methods, NewSession, Session};
use passport_user::{AccountEvent, Epoch, EventKind, NumberChange, Standing, User};

use crate::room::{self, NOW};

pub(crate) fn session(user: &User) -> Session {
    let hour = Duration::from_hours(1);
    let new = NewSession {
        subject: user.id.as_uuid(),
        epoch: user.epoch.number(),
        lifetime: Lifetime::new(hour, 24 * hour).unwrap(),
        methods: Methods::default(),
        device: Device::default(),
        address: String::new(),
        place: None,
        remembered: false,
    };
    Session::begin(new, NOW)
}

async fn finds_the_session_with_its_user(url: String) {
    let database = room::migrated(&url).await;
    let (users, sessions) = (database.users(), database.sessions());
    let reader = database.signed_in_users();
    let (user, other) = (room::user(1), room::user(2));
    for user in [&user, &other] {
        room::add(&users, user).await.unwrap();
    }
    let session = session(&user);
    let digest = room::digest();
    assert!(reader.find(&digest, NOW).await.unwrap().is_none(), "{url}");
    sessions.create(&digest, &session).await.unwrap();
    let found = reader.find(&digest, NOW).await.unwrap();
    assert_eq!(found, Some((session.clone(), user.clone())), "{url}");

    // The current number, and not the one that is kept back; the caller sees the new epoch.
    let change = NumberChange {
        number: room::phone(3),
        now: NOW,
        undo_until: NOW + Duration::from_hours(24),
    };
    let event = || AccountEvent::new(EventKind::NumberChanged, NOW);
    users.change_number(user.id, user.epoch, &change, &event()).await.unwrap();
    let (_, moved) = reader.find(&digest, NOW).await.unwrap().expect("the session is active");
    assert_eq!((moved.phone, moved.epoch), (Some(room::phone(3)), Epoch::new(1)), "{url}");

    let ended = NOW + Duration::from_hours(1);
    assert!(reader.find(&digest, ended).await.unwrap().is_none(), "{url}: it has ended");
    let standing = Standing::Leaving { since: NOW, purge_at: NOW };
    users.set_standing(user.id, Epoch::new(1), standing, &event()).await.unwrap();
    let (_, leaving) = reader.find(&digest, NOW).await.unwrap().expect("the caller decides");
    assert_eq!(leaving.standing, standing, "{url}");
    assert!(users.purge(user.id, NOW, &event()).await.unwrap());
    assert!(reader.find(&digest, NOW).await.unwrap().is_none(), "{url}: the user is purged");
}

room::on_each_database!("multi_thread", finds_the_session_with_its_user);
