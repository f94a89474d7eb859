//! SQLite answers the questions of requests from indexes, in one statement each.

use std::sync::{Arc, Mutex};

use diesel::{
    Connection, QueryableByName, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
    sql_query,
    sql_types::Text,
};
use passport_session::{SessionDigest, SessionStore};
use passport_user::{
    EventFilter, EventKind, Journal, OperatorTokenId, OperatorTokenRepository, PhoneNumber,
    UserFilter, UserId, UserRepository,
};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::Pool;
use crate::{
    DatabaseOptions, SignedInUsers, journal::SqliteJournal, operator_tokens::SqliteOperatorTokens,
    sessions::SqliteSessionStore, signed_in::SqliteSignedIn, users::SqliteUserRepository,
};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

struct Texts(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Texts {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let text = text.split(" -- binds").next().unwrap_or_default();
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[tokio::test]
async fn each_question_of_a_request_is_one_statement_that_searches_indexes() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("test.db");
    let pool = Pool::open(path, DatabaseOptions::default()).await.unwrap();
    pool.migrate().await.unwrap();
    let texts = Arc::default();
    let watch = Texts(Arc::clone(&texts));
    // Reads that follow each other use one connection.
    let install = |connection: &mut SqliteConnection| {
        connection.set_instrumentation(watch);
        Ok(())
    };
    pool.read(install).await.unwrap();

    let (users, journal) = (SqliteUserRepository(pool.clone()), SqliteJournal(pool.clone()));
    let sessions = SqliteSessionStore(pool.clone());
    let signed_in = SignedInUsers::from(SqliteSignedIn(pool.clone()));
    let phone = PhoneNumber::from_e164("+8613800000005").unwrap();
    let (id, all) = (UserId::from_uuid(Uuid::nil()), EventFilter::default());
    let digest = SessionDigest::from_bytes([0; 32]);
    let mut asked = 0;
    let mut check = async |question: &str, expected: &[&str]| {
        let seen = std::mem::take(&mut *texts.lock().unwrap());
        let [text] = &seen[..] else { panic!("{question}: {seen:#?}") };
        let query = sql_query(format!("EXPLAIN QUERY PLAN {text}"));
        let plan: Vec<Step> = explained(&pool, query).await;
        let plan: Vec<_> = plan.iter().map(|step| &*step.detail).collect();
        assert!(!plan.iter().any(|step| step.contains("SCAN")), "{question}: {plan:#?}");
        for index in expected {
            assert!(plan.iter().any(|step| step.contains(index)), "{question}: {plan:#?}");
        }
        texts.lock().unwrap().clear();
        asked += 1;
    };
    let keyed = "SEARCH users USING PRIMARY KEY (id=?)";
    let by_phone = "PRIMARY KEY (phone=?)";

    signed_in.find(&digest, NOW).await.unwrap();
    check("who am I", &["SEARCH sessions USING PRIMARY KEY (digest=?)", keyed]).await;
    users.find(id).await.unwrap();
    check("find", &[keyed, "user_phones_current_idx"]).await;
    users.find_by_phone(&phone).await.unwrap();
    check("find by phone", &[by_phone, keyed]).await;
    users.find_by_former_phone(&phone, NOW).await.unwrap();
    check("find by former phone", &[by_phone, keyed]).await;
    sessions.list(Uuid::nil(), NOW).await.unwrap();
    check("sessions", &["sessions_subject_idx"]).await;
    users.due_for_purge(NOW, 100).await.unwrap();
    check("due for purge", &["users_purge_at_idx"]).await;
    users.list(&UserFilter::default(), Some(id), 10).await.unwrap();
    check("list", &["SEARCH users USING PRIMARY KEY (id>?)"]).await;
    journal.read(&EventFilter { subject: Some(id), ..all.clone() }, None, 10).await.unwrap();
    check("events of a user", &["audit_events_subject_idx"]).await;
    journal
        .read(&EventFilter { phone_tags: vec![[0; 16]], ..all.clone() }, None, 10)
        .await
        .unwrap();
    check("events of a number", &["audit_events_phone_tag_idx"]).await;
    let kind = Some(EventKind::UserPurged);
    journal.read(&EventFilter { kind, ..all.clone() }, None, 10).await.unwrap();
    check("events of a kind", &["audit_events_kind_idx"]).await;
    let by_id = "SEARCH audit_events USING PRIMARY KEY (id";
    journal.read(&EventFilter { since: Some(NOW), ..all.clone() }, None, 10).await.unwrap();
    check("events since a time", &[by_id]).await;
    journal.read(&EventFilter { until: Some(NOW), ..all }, None, 10).await.unwrap();
    check("events until a time", &[by_id]).await;
    let tokens = SqliteOperatorTokens(pool.clone());
    tokens.find(OperatorTokenId::from_uuid(Uuid::nil())).await.unwrap();
    check("token", &["SEARCH operator_tokens USING PRIMARY KEY (id=?)"]).await;
    assert_eq!(asked, 13);
}

async fn explained(pool: &Pool, query: diesel::query_builder::SqlQuery) -> Vec<Step> {
    use diesel::RunQueryDsl;

    pool.read(|connection| query.load(connection)).await.unwrap()
}
