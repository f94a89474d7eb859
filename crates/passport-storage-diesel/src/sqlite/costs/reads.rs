//! What is only read.

use passport_codes::CodeStore;
use passport_session::{SessionDigest, SessionStore};
use passport_sms_client::{Outbox, Which};
use passport_throttle::{FailureStore, ThrottleStore};
use passport_user::{PhoneNumber, User, UserRepository};

use super::{NOW, Room, Uuid, charges, code, key, series};
use crate::{
    sessions::SqliteSessionStore,
    signed_in::{SignedInUsers, SqliteSignedIn},
    users::SqliteUserRepository,
};

/// To prepare a statement takes longer than to find a row.
#[tokio::test]
async fn what_requests_read_is_prepared_once_per_connection() {
    let room = Room::new().await;
    room.watch_reader().await;
    room.read_all(1).await;
    let first = room.take();
    assert!(first.statements.len() > 10, "{first:#?}");
    room.read_all(2).await;
    let warm = room.take();
    assert_eq!(warm.prepared, [""; 0], "prepared again");
    for statement in &warm.statements {
        assert!(first.prepared.contains(statement), "not cached: {statement}");
    }
}

impl Room {
    /// What sends, sign-ins and sessions read, one after the other: so one connection reads it all.
    async fn read_all(&self, number: u8) {
        let (users, sessions) =
            (SqliteUserRepository(self.pool.clone()), SqliteSessionStore(self.pool.clone()));
        let signed_in = SignedInUsers::from(SqliteSignedIn(self.pool.clone()));
        let phone = PhoneNumber::from_e164(format!("+86138{number:08}")).unwrap();
        let user = User::new(phone.clone(), None, NOW);
        let digest = SessionDigest::from_bytes([number; 32]);

        self.throttle.check(&charges(number), NOW).await.unwrap();
        self.throttle.usage(&charges(number), NOW).await.unwrap();
        self.failures.check(&[series(number)], NOW).await.unwrap();
        self.failures.check(&[series(number), series(number + 100)], NOW).await.unwrap();
        self.failures.clear(&series(number).key).await.unwrap();
        self.codes.holds(&key(number), code(number).digest, NOW).await.unwrap();
        let message = Which::Message(Uuid::from_bytes([number; 16]));
        self.outbox.ways(message).await.unwrap();
        users.find(user.id).await.unwrap();
        users.find_by_phone(&phone).await.unwrap();
        users.find_by_former_phone(&phone, NOW).await.unwrap();
        sessions.find(&digest, NOW).await.unwrap();
        sessions.list(user.id.as_uuid(), NOW).await.unwrap();
        signed_in.find(&digest, NOW).await.unwrap();
    }
}
