//! The service is killed at each position of a change of number, a reset and a deletion: afterwards the
//! account is in one of the states of the design, and its history has the change exactly if it was made.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::json;

use crate::support::{
    Account, Api, Call, Moment, PASSWORD, ROOMY, Service, Tables, Tripwire, phone, postgres, redis,
    sign_in,
};

const OTHER_PASSWORD: &str = "another good password";

/// What is interrupted.
#[derive(Debug, Clone, Copy)]
enum Act {
    ChangeNumber,
    Reset,
    Leave,
}

/// An act that is about to be done.
struct Pending {
    act: Act,
    account: Account,
    new_phone: String,
    call: Call,
}

impl Act {
    const ALL: [Self; 3] = [Self::ChangeNumber, Self::Reset, Self::Leave];

    async fn prepare(self, api: &Api) -> Pending {
        let (account, new_phone) = (Account::with_password(api).await, phone());
        assert!(api.is_signed_in(&account.token).await);
        let call = match self {
            Self::ChangeNumber => account.number_change(api, &new_phone).await,
            Self::Reset => {
                let (id, code) = api.code("reset", &account.phone, None).await;
                let body = json!({ "mobile": account.phone, "code_id": id, "code": code,
                    "password": OTHER_PASSWORD });
                Call::post("/password-resets", body)
            }
            Self::Leave => Call::new(Method::DELETE, "/me").by(&account.token),
        };
        Pending { act: self, account, new_phone, call }
    }

    fn event(self) -> &'static str {
        match self {
            Self::ChangeNumber => "number.changed",
            Self::Reset => "password.reset",
            Self::Leave => "user.leaving",
        }
    }
}

impl Pending {
    /// Asserts that the account is in one of its states; returns whether it was changed.
    async fn is_whole(&self, api: &Api, tables: &Tables) -> bool {
        let id = match tables {
            Tables::Sqlite(_) => format!("x'{}'", self.account.id.replace('-', "")),
            Tables::Postgres(_) => format!("'{}'", self.account.id),
        };
        let phones = format!(
            "SELECT phone || CASE WHEN until IS NULL THEN ' current' ELSE ' undo' END AS line \
             FROM user_phones WHERE user_id = {id} ORDER BY 1"
        );
        let mut phones = tables.lines(&phones).await;
        let (old, new) = (&self.account.phone, &self.new_phone);
        let status = async |phone, password| sign_in(api, phone, password).await.status.as_u16();
        let is_changed = match self.act {
            Act::ChangeNumber => {
                let mut moved = vec![format!("+86{old} undo"), format!("+86{new} current")];
                moved.sort();
                phones.sort();
                let is_changed = phones == moved;
                assert!(is_changed || phones == [format!("+86{old} current")], "{phones:?}");
                let (open, closed) = if is_changed { (new, old) } else { (old, new) };
                assert_eq!(
                    (status(open, PASSWORD).await, status(closed, PASSWORD).await),
                    (201, 401)
                );
                is_changed
            }
            Act::Reset => {
                let answers = [status(old, PASSWORD).await, status(old, OTHER_PASSWORD).await];
                assert!([[201, 401], [401, 201]].contains(&answers), "{answers:?}");
                answers == [401, 201]
            }
            Act::Leave => {
                let status = status(old, PASSWORD).await;
                assert!([201, 409].contains(&status), "{status}");
                status == 409
            }
        };
        let session_lives = api.is_signed_in(&self.account.token).await;
        assert!(!(is_changed && session_lives), "{:?}: the session of before has ended", self.act);
        let events = format!(
            "SELECT kind AS line FROM audit_events WHERE subject = {id} AND outcome = 0 AND kind = '{}'",
            self.act.event()
        );
        let events = tables.lines(&events).await.len();
        assert_eq!(events, usize::from(is_changed), "{:?}: events", self.act);
        is_changed
    }
}

/// Whether the code of the act can be used again, or what is asked for next; never an error.
async fn repeats(api: &Api, pending: &Pending) {
    let reply = api.send(&pending.call).await;
    assert!(!reply.status.is_server_error(), "{:?}: {}", pending.act, reply.text());
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn a_node_killed_at_any_message_to_a_store_leaves_accounts_whole() {
    kill_at_any_message("database").await;
}

/// A user is cached with the session, and a node that is killed in a change has not said that it is made.
#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn a_node_killed_at_any_message_leaves_no_cached_user_as_before() {
    kill_at_any_message("store").await;
}

/// Positions are messages to Redis and PostgreSQL, each lost or executed without an answer.
async fn kill_at_any_message(session_store: &str) {
    let (redis, postgres) = (redis(), postgres().await);
    let tripwire = Tripwire::default();
    let (store, database) = (tripwire.before(&redis), tripwire.before(&postgres));
    let own =
        [("store.url", &*store), ("database.url", &*database), ("session.store", session_store)];
    let settings = [&ROOMY[..], &own].concat();
    let (folder, tables) = (Arc::new(tempfile::tempdir().unwrap()), Tables::Postgres(postgres));
    let mut service = Service::start_in(&folder, &settings).await;
    for act in Act::ALL {
        for moment in [Moment::Before, Moment::After] {
            let (mut changed, mut unchanged) = (0, 0);
            for position in 0.. {
                let api = Api::new(&service);
                let pending = act.prepare(&api).await;
                tripwire.arm(service.process(), moment, position);
                let answer = api.try_send(&pending.call).await;
                // What is written in the background after the answer can be interrupted too.
                tokio::time::sleep(Duration::from_millis(100)).await;
                let was_killed = tripwire.disarm();
                let was_answered = answer.is_ok_and(|reply| reply.status.is_success());
                if !was_killed {
                    assert!(was_answered, "{act:?}");
                    assert!(pending.is_whole(&api, &tables).await);
                    break;
                }
                service.kill();
                service = Service::start_in(&folder, &settings).await;
                let api = Api::new(&service);
                // The server may execute a message a moment after its client is dead.
                tokio::time::sleep(Duration::from_millis(100)).await;
                let is_changed = pending.is_whole(&api, &tables).await;
                assert!(is_changed || !was_answered, "{act:?} {moment:?} {position}");
                *if is_changed { &mut changed } else { &mut unchanged } += 1;
                repeats(&api, &pending).await;
            }
            println!("{act:?}, {moment:?} it arrives: changed {changed}, unchanged {unchanged}");
            assert!(unchanged > 1 && changed > 0, "{act:?} {moment:?}: {changed} {unchanged}");
        }
    }
}

/// SQLite runs in the process, so the positions are moments after the request was sent.
#[tokio::test]
async fn a_service_killed_at_any_moment_leaves_accounts_whole_in_sqlite() {
    let settings = [&ROOMY[..], &[("password.cost", "4")]].concat();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut service = Service::start_in(&folder, &settings).await;
    for act in Act::ALL {
        let (mut changed, mut unchanged, mut delay) = (0, 0, Duration::ZERO);
        for _ in 0..16 {
            let api = Api::new(&service);
            let pending = act.prepare(&api).await;
            let sending = tokio::spawn({
                let (api, call) = (api.clone(), pending.call.clone());
                async move { api.try_send(&call).await.is_ok_and(|reply| reply.status.is_success()) }
            });
            tokio::time::sleep(delay).await;
            service.kill();
            let was_answered = sending.await.unwrap();
            service = Service::start_in(&folder, &settings).await;
            let (api, tables) = (Api::new(&service), Tables::of(&service));
            let is_changed = pending.is_whole(&api, &tables).await;
            assert!(is_changed || !was_answered, "{act:?} {delay:?}");
            *if is_changed { &mut changed } else { &mut unchanged } += 1;
            repeats(&api, &pending).await;
            // Close in on the moment of the change from both sides.
            delay =
                if is_changed { delay * 2 / 3 } else { delay * 3 / 2 + Duration::from_millis(1) };
        }
        println!("{act:?}: changed {changed}, unchanged {unchanged}");
        assert!(changed > 0 && unchanged > 0, "{act:?}: changed {changed}, unchanged {unchanged}");
    }
}
