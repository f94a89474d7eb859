//! A purge deletes all expired sessions, and nothing else.

use std::time::Duration;

use passport_session::{Lifetime, NewSession, Session};
use uuid::Uuid;

use crate::room::{self, NOW};

const IDLE: Duration = Duration::from_hours(1);

async fn deletes_exactly_what_is_over(url: String) {
    let sessions = room::migrated(&url).await.sessions();
    let subject = Uuid::new_v4();
    let lifetime = Lifetime::new(IDLE, IDLE * 24).unwrap();
    // One ends each second; more than two batches are over.
    for second in 0..2_105_u32 {
        let began = NOW + Duration::from_secs(second.into());
        let digest = room::digest();
        sessions
            .create(&digest, &Session::begin(NewSession::new(subject, lifetime), began))
            .await
            .unwrap();
    }
    let purge_at = NOW + IDLE + Duration::from_secs(2_099);
    let (one, other) = tokio::join!(sessions.purge(purge_at), sessions.purge(purge_at));
    assert_eq!(one.unwrap() + other.unwrap(), 2_100, "{url}");
    assert_eq!(sessions.purge(purge_at).await.unwrap(), 0, "{url}");
    // As of the beginning everything lives whose record is still there.
    assert_eq!(sessions.list(subject, NOW).await.unwrap().len(), 5, "{url}");
}

room::on_each_database!("multi_thread", deletes_exactly_what_is_over);
