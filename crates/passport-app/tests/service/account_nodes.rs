//! Changes of an account on one of two nodes end its sessions on the other at once (SES-7).

use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use passport_auth::{Clock, SystemClock};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_user::{AccountEvent, EventKind, Standing};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    Account, Api, Call, PASSWORD, ROOMY, Service, phone, postgres, redis, sign_in,
};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";
const OTHER_PASSWORD: &str = "another good password";
/// Longest time until the other node refuses the session.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Two nodes on one Redis and one PostgreSQL, whose URL is the second.
async fn two_nodes(session_store: &str) -> ([Service; 2], String) {
    let (redis, postgres) = (redis(), postgres().await);
    let own = [
        ("store.url", &*redis),
        ("database.url", &*postgres),
        ("secret", SECRET),
        ("session.store", session_store),
        // A sign-in with the former password does not have to wait.
        ("limits.failures_free", "50"),
    ];
    let settings = [&ROOMY[..], &own].concat();
    let nodes = tokio::join!(Service::start(&settings), Service::start(&settings)).into();
    (nodes, postgres)
}

/// What ends sessions.
#[derive(Debug, Clone, Copy)]
enum Act {
    Disable,
    ChangePassword,
    RemovePassword,
    Reset,
    ChangeNumber,
    UndoNumber,
    Leave,
    EndOthers,
}

impl Act {
    const ALL: [Self; 8] = [
        Self::Disable,
        Self::ChangePassword,
        Self::RemovePassword,
        Self::Reset,
        Self::ChangeNumber,
        Self::UndoNumber,
        Self::Leave,
        Self::EndOthers,
    ];

    /// The request of it; `None` for what is done in the database, by an operator.
    async fn call(self, api: &Api, account: &Account) -> Option<Call> {
        let own = |method, path: &str| Call::new(method, path).by(&account.token);
        let code = async |purpose| {
            let (id, code) = api.code(purpose, &account.phone, None).await;
            json!({ "mobile": account.phone, "code_id": id, "code": code })
        };
        Some(match self {
            Self::Disable => return None,
            Self::ChangePassword => {
                let body = json!({ "current": PASSWORD, "password": OTHER_PASSWORD });
                Call { body: Some(body), ..own(Method::PUT, "/me/password") }
            }
            Self::RemovePassword => own(Method::DELETE, "/me/password"),
            Self::Reset => {
                let mut body = code("reset").await;
                body["password"] = OTHER_PASSWORD.into();
                Call::post("/password-resets", body)
            }
            Self::ChangeNumber => account.number_change(api, &phone()).await,
            Self::UndoNumber => Call::post("/number-undos", code("undo-number").await),
            Self::Leave => own(Method::DELETE, "/me"),
            Self::EndOthers => own(Method::DELETE, "/sessions"),
        })
    }
}

async fn disable(postgres: &str, account: &Account) {
    let database = Database::connect(postgres, DatabaseOptions::default()).await.unwrap();
    let phone = format!("+86{}", account.phone).parse().unwrap();
    let user = database.users().find_by_phone(&phone).await.unwrap().unwrap();
    let since = SystemClock.now();
    let mut event = AccountEvent::new(EventKind::UserDisabled, since);
    event.subject = Some(user.id);
    let standing = Standing::Disabled { since: event.at };
    let set = database.users().set_standing(user.id, user.epoch, standing, &event).await;
    assert!(set.unwrap().is_some());
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn ses_7_what_ends_sessions_on_one_node_ends_them_on_the_other() {
    for store in ["database", "store"] {
        let ([one, other], postgres) = two_nodes(store).await;
        let (here, there) = (Api::new(&one), Api::new(&other));
        for act in Act::ALL {
            let mut account = Account::with_password(&here).await;
            if matches!(act, Act::UndoNumber) {
                let changed = here.done(account.number_change(&here, &phone()).await).await;
                account.token = changed.json()["token"].as_str().unwrap().to_owned();
            }
            let current = if matches!(act, Act::UndoNumber) {
                account.token.clone()
            } else {
                let reply = account.sign_in(&there, PASSWORD).await;
                reply.json()["token"].as_str().unwrap().to_owned()
            };
            let elsewhere = current;
            assert!(there.is_signed_in(&elsewhere).await, "{store} {act:?}");
            match act.call(&here, &account).await {
                Some(call) => drop(here.done(call).await),
                None => disable(&postgres, &account).await,
            }
            let since = Instant::now();
            assert!(!there.is_signed_in(&elsewhere).await, "{store} {act:?}");
            assert!(since.elapsed() < AT_ONCE, "{store} {act:?}: {:?}", since.elapsed());
            // The refusal names the session, not the account.
            let reply = there.send(&Call::new(Method::GET, "/me").by(&elsewhere)).await;
            assert_eq!(reply.json()["code"], "not-signed-in");
        }
    }
}

/// Sign-ins that compared the old password before the change, and begin their session after it.
#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn ses_7_no_session_of_an_old_password_outlives_its_change_on_the_other_node() {
    for store in ["database", "store"] {
        let ([one, other], _) = two_nodes(store).await;
        let (here, there) = (Api::new(&one), Api::new(&other));
        let mut opened = 0;
        for round in 0..50 {
            let account = Account::with_password(&here).await;
            let changing = async {
                // The change falls into another place of the sign-ins each time.
                tokio::time::sleep(Duration::from_millis(round % 10)).await;
                let call = match round % 2 {
                    0 => Act::ChangePassword.call(&here, &account).await,
                    _ => Act::RemovePassword.call(&here, &account).await,
                };
                here.done(call.unwrap()).await
            };
            let signing_in = join_all((0..12).map(async |n| {
                tokio::time::sleep(Duration::from_millis(n)).await;
                sign_in(&there, &account.phone, PASSWORD).await
            }));
            let (_, replies) = join(changing, signing_in).await;
            for reply in replies.iter().filter(|reply| reply.status == 201) {
                opened += 1;
                let token = reply.json()["token"].as_str().unwrap().to_owned();
                assert!(!here.is_signed_in(&token).await, "{store}, round {round}");
                assert!(!there.is_signed_in(&token).await, "{store}, round {round}");
            }
            assert_eq!(sign_in(&there, &account.phone, PASSWORD).await.status, 401);
        }
        assert!(opened > 50, "{opened} sessions raced with a change");
    }
}
