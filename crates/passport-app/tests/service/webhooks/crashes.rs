//! The service is killed between an event and its delivery.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::{pairs, with_endpoints};
use crate::support::{Account, Api, Receiver, Response, Service, Tables, postgres, redis, until};

/// Ids of the events of new users in the journal, as they stand in a `webhook-id`.
async fn created(tables: &Tables) -> BTreeSet<String> {
    let id = match tables {
        Tables::Sqlite(_) => "lower(hex(id))",
        Tables::Postgres(_) => "replace(id::text, '-', '')",
    };
    let query = format!(
        "SELECT 'evt_' || {id} || '_user_created' AS line FROM audit_events \
         WHERE kind = 'user.created' AND outcome = 0"
    );
    tables.lines(&query).await.into_iter().collect()
}

/// Kills the service at many moments, while the endpoint answers late or with an error; in the end each
/// event of a new user has arrived, under its one id.
async fn nothing_is_lost(own: &[(&str, &str)], database: Option<Tables>) {
    let receiver = Receiver::start();
    let short = [("webhooks.shop.timeout", "1s"), ("webhooks.shop.events", "user.created")];
    let settings = with_endpoints(&receiver, &["shop"], &[own, &short].concat());
    let settings = pairs(&settings);
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let answers = [
        Response::Never,
        Response::Status(500),
        Response::Late(Duration::from_millis(300), 204),
        Response::Status(204),
    ];
    let mut killed_before_delivery = 0;
    for round in 0..12_u32 {
        receiver.answer("/shop", answers[round as usize % answers.len()]);
        let mut service = Service::start_in(&folder, &settings).await;
        let api = Api::new(&service);
        let signing_up = tokio::spawn(async move {
            for _ in 0..3 {
                Account::without_password(&api).await;
            }
        });
        tokio::time::sleep(Duration::from_millis(150) * round).await;
        service.kill();
        // It failed, as its service did.
        _ = signing_up.await;
        let tables = Tables::of(&service);
        let arrived = receiver.hooks("/shop").iter().map(|it| it.id().to_owned()).collect();
        let open = created(database.as_ref().unwrap_or(&tables)).await;
        killed_before_delivery += open.difference(&arrived).count();
    }
    receiver.answer("/shop", Response::Status(204));
    let service = Service::start_in(&folder, &settings).await;
    let tables = Tables::of(&service);
    let tables = database.as_ref().unwrap_or(&tables);
    let created = created(tables).await;
    let state =
        |state: u8| format!("SELECT type AS line FROM webhook_deliveries WHERE state = {state}");
    for _ in 0..6 {
        if tables.lines(&state(0)).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    until("all is delivered", async || tables.lines(&state(0)).await.is_empty()).await;
    assert_eq!(tables.lines(&state(1)).await.len(), created.len());
    let hooks = receiver.hooks("/shop");
    let arrived: BTreeSet<_> = hooks.iter().map(|it| it.id().to_owned()).collect();
    assert_eq!(arrived, created);
    println!("{} events in {} requests, {killed_before_delivery} open", created.len(), hooks.len());
    assert!(created.len() > 5 && killed_before_delivery > 0, "{}", created.len());
}

#[tokio::test]
async fn hook_10_a_killed_service_loses_no_event_in_sqlite() {
    nothing_is_lost(&[], None).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn hook_10_a_killed_service_loses_no_event_in_postgres() {
    let (redis, postgres) = (redis(), postgres().await);
    let own = [("store.url", &*redis), ("database.url", &*postgres)];
    nothing_is_lost(&own, Some(Tables::Postgres(postgres.clone()))).await;
}
