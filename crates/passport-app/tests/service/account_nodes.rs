//! Changes of an account on one of two nodes end its sessions on the other at once (SES-7).

use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use reqwest::Method;
use serde_json::json;

use crate::{
    operators::{Desk, api::Operator},
    support::{Account, Api, Call, PASSWORD, ROOMY, Service, phone, postgres, redis, sign_in},
};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";
const OTHER_PASSWORD: &str = "another good password";
/// Longest time until the other node refuses the session.
const AT_ONCE: Duration = Duration::from_secs(1);

/// One Redis and one PostgreSQL.
struct Servers {
    redis: String,
    postgres: String,
}

impl Servers {
    async fn new() -> Self {
        Self { redis: redis(), postgres: postgres().await }
    }

    fn settings<'a>(&'a self, session_store: &'a str) -> Vec<(&'a str, &'a str)> {
        let own = [
            ("store.url", &*self.redis),
            ("database.url", &*self.postgres),
            ("secret", SECRET),
            ("session.store", session_store),
            ("admin.listen", "127.0.0.1:0"),
            // A sign-in with the former password does not have to wait.
            ("limits.failures_free", "50"),
        ];
        [&ROOMY[..], &own].concat()
    }
}

async fn two_nodes(settings: &[(&str, &str)]) -> [Service; 2] {
    tokio::join!(Service::start(settings), Service::start(settings)).into()
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

    /// The request of it; `None` for what an operator does with a command.
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

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn ses_7_what_ends_sessions_on_one_node_ends_them_on_the_other() {
    for store in ["database", "store"] {
        let servers = Servers::new().await;
        let settings = servers.settings(store);
        let [one, other] = two_nodes(&settings).await;
        let (here, there) = (Api::new(&one), Api::new(&other));
        let desk = Desk::new(&one, &settings);
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
                None => drop(desk.run(&format!("user disable {} --yes", account.phone)).good()),
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
        let servers = Servers::new().await;
        let [one, other] = two_nodes(&servers.settings(store)).await;
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

/// Readers on both nodes keep the session in use, and the operator acts through one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Redis and PostgreSQL"]
async fn ses_7_no_read_on_two_nodes_passes_after_the_answer_of_an_operator() {
    let servers = Servers::new().await;
    let settings = servers.settings("store");
    let [one, other] = two_nodes(&settings).await;
    let (here, there) = (Api::new(&one), Api::new(&other));
    let desk = Desk::new(&one, &settings);
    let operator = Operator::with_scopes(&one, &desk, "users:write sessions:write");
    for round in 0..20 {
        let account = Account::with_password(&here).await;
        let act = ["disable", "reset", "revoke", "delete"][round % 4];
        let readers = [&here, &there, &here, &there].map(|api| {
            let (api, token) = (api.clone(), account.token.clone());
            tokio::spawn(async move {
                let mut passed = 0;
                while api.is_signed_in(&token).await {
                    passed += 1;
                }
                passed
            })
        });
        // The session is cached, and the act falls into another place of the reads each time.
        tokio::time::sleep(Duration::from_millis(20 + round as u64)).await;
        operator.done(&format!("/users/{}/{act}", account.id), "{}").await;
        let after =
            join(here.is_signed_in(&account.token), there.is_signed_in(&account.token)).await;
        assert_eq!(after, (false, false), "{act} in round {round}");
        for reader in readers {
            assert!(reader.await.unwrap() > 0, "it was signed in before {act}");
        }
        assert!(!here.is_signed_in(&account.token).await, "{act} in round {round}");
        assert!(!there.is_signed_in(&account.token).await, "{act} in round {round}");
    }
}
