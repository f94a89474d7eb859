//! Plans of the queries of PostgreSQL that each request makes.

use passport_session::SessionToken;
use passport_storage_diesel::{Database, DatabaseOptions};

use crate::{
    room::{self, NOW},
    sql,
};

/// Lists, at each update of a user, how often the session planned each of its statements.
const LIST_PLANS: &str = "
    CREATE TABLE plans (statement text, kept bigint, made bigint);
    CREATE FUNCTION list_plans() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO plans
            SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements;
        RETURN NEW;
    END $$;
    CREATE TRIGGER list_plans BEFORE UPDATE ON users
        FOR EACH ROW EXECUTE FUNCTION list_plans();";

/// Makes a thousand users with numbers, and has PostgreSQL count them.
const FILL: &str = "
    INSERT INTO users SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid()))).*
        FROM users AS one, generate_series(1, 1000);
    INSERT INTO user_phones (phone, user_id, since)
        SELECT '+8613' || (900000000 + row_number() OVER ()), id, now() FROM users
        WHERE id NOT IN (SELECT user_id FROM user_phones);
    ANALYZE;";

/// To plan who am I takes PostgreSQL longer than to run it. It keeps a plan after five executions, if it
/// believes that the plan of a statement with its values would be no better.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn queries_of_users_are_planned_once() {
    let url = room::postgres_url().await;
    let options = DatabaseOptions { max_connections: 1, ..DatabaseOptions::default() };
    let database = Database::connect(&url, options).await.unwrap();
    database.migrate().await.unwrap();
    let (users, user) = (database.users(), room::user(1));
    room::add(&users, &user).await.unwrap();
    sql::execute(&url, FILL).await;
    sql::execute(&url, LIST_PLANS).await;

    let signed_in = database.signed_in_users();
    for _ in 0..20 {
        let token = SessionToken::generate(&mut rand::rng());
        assert!(signed_in.find(&token.digest(), NOW).await.unwrap().is_none());
        assert!(users.find(user.id).await.unwrap().is_some());
        assert!(users.find_by_phone(&room::phone(2)).await.unwrap().is_none());
    }
    users.record_login(user.id, NOW).await.unwrap();

    let read = "statement LIKE 'SELECT%' AND kept + made >= 20";
    let all = format!("SELECT statement AS line FROM plans WHERE {read}");
    assert_eq!(sql::lines(&url, &all).await.len(), 3);
    let planned_again = format!("{all} AND made > 5");
    assert_eq!(sql::lines(&url, &planned_again).await, [""; 0]);
}
