//! Commands beside two nodes on one PostgreSQL and one Redis.

use std::time::{Duration, Instant};

use futures::future::join;

use super::{Desk, api::Operator};
use crate::support::{Account, Api, PASSWORD, ROOMY, Service, postgres, redis};

/// Longest time until every node refuses the session.
const AT_ONCE: Duration = Duration::from_secs(1);

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn ses_7_a_user_disabled_by_an_operator_is_out_on_two_nodes_within_a_second() {
    let (redis, postgres) = (redis(), postgres().await);
    for sessions in ["store", "database"] {
        let own = [
            ("store.url", &*redis),
            ("database.url", &*postgres),
            ("session.store", sessions),
            ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
            ("admin.listen", "127.0.0.1:0"),
        ];
        let settings = [&ROOMY[..], &own].concat();
        let (one, other) = join(Service::start(&settings), Service::start(&settings)).await;
        let (here, there) = (Api::new(&one), Api::new(&other));
        let desk = Desk::new(&one, &settings);
        let operator = Operator::with_scopes(&one, &desk, "users:write sessions:write");
        for act in ["disable", "reset", "delete", "revoke", "by the API", "delete --now"] {
            let account = Account::with_password(&here).await;
            let reply = account.sign_in(&there, PASSWORD).await;
            let elsewhere = reply.json()["token"].as_str().unwrap().to_owned();
            assert!(
                there.is_signed_in(&elsewhere).await && here.is_signed_in(&account.token).await
            );
            if act == "by the API" {
                operator.done(&format!("/users/{}/disable", account.id), "{}").await;
            } else {
                let (verb, option) = act.split_once(' ').unwrap_or((act, ""));
                desk.run(&format!("user {verb} {} {option} --yes", account.phone)).good();
            }
            // The act is done; the nodes have a second.
            let since = Instant::now();
            while there.is_signed_in(&elsewhere).await || here.is_signed_in(&account.token).await {
                assert!(since.elapsed() < AT_ONCE, "{sessions} {act}");
            }
            assert!(since.elapsed() < AT_ONCE, "{sessions} {act}: {:?}", since.elapsed());
        }
    }
}
