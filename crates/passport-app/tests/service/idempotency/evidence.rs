//! What the service did, as its journal and its inbox show it.

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use reqwest::Method;

use super::call::Call;
use crate::support::{Person, Service, phone, until};

/// Number of events of the kind that a call causes, and of all messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    events: i64,
    messages: usize,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Evidence {
    /// What was done up to now.
    pub(super) async fn of(service: &Service, call: &Call) -> Self {
        settle(service).await;
        let messages = Person::new(service).inbox().await.as_array().unwrap().len();
        Self { events: call.event.map_or(0, |kind| events(service, kind, 0)), messages }
    }

    /// Asserts that the call was executed once since then.
    pub(super) async fn shows_one_more(self, service: &Service, call: &Call) {
        // Messages that tell of a change are sent in the background.
        let expected = self.messages + call.messages;
        until("the messages are there", async || {
            Self::of(service, call).await.messages >= expected
        })
        .await;
        let events = self.events + i64::from(call.event.is_some());
        assert_eq!(Self::of(service, call).await, Self { events, messages: expected });
    }

    /// Asserts that nothing was done since then.
    pub(super) async fn shows_nothing_more(self, service: &Service, call: &Call) {
        assert_eq!(Self::of(service, call).await, self);
    }
}

/// Waits until all events so far are in the journal. It writes them in their order, so a last one is
/// waited for.
async fn settle(service: &Service) {
    let before = events(service, "session.begun", 1);
    let stranger = Person::new(service);
    let body = serde_json::json!({ "mobile": phone(), "password": "no account has it" });
    let request = stranger.request(Method::POST, "/api/v1/sessions").json(&body);
    assert_eq!(stranger.send(request).await.status, 401);
    until("the journal is written", async || events(service, "session.begun", 1) > before).await;
}

/// Number of the events of `kind` with an outcome: 0 if it was done, 1 if it was refused.
pub(super) fn events(service: &Service, kind: &str, outcome: i64) -> i64 {
    let file = service.folder().path().join("passport.db");
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    let query = "SELECT count(*) AS count FROM audit_events WHERE kind = ? AND outcome = ?";
    let query = sql_query(query).bind::<Text, _>(kind).bind::<BigInt, _>(outcome);
    query.get_result::<Count>(&mut database).unwrap().count
}
