//! Every clause of every contract on both databases.

mod sqlite {
    mod operator_tokens {
        use passport_user::testing::Operators;

        use crate::room;

        async fn fresh() -> Operators {
            let database = room::migrated(&room::sqlite_url()).await;
            (database.operator_tokens(), database.journal())
        }

        passport_user::operator_token_contract!(fresh());
    }

    mod signing_keys {
        use passport_user::testing::Signers;

        use crate::room;

        async fn fresh() -> Signers {
            let database = room::migrated(&room::sqlite_url()).await;
            (database.signing_keys(), database.journal())
        }

        passport_user::signing_key_contract!(fresh());
    }

    mod codes {
        use std::sync::Arc;

        use passport_codes::CodeStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn CodeStore> {
            room::migrated(&room::sqlite_url()).await.codes().expect("SQLite has codes")
        }

        passport_codes::code_store_contract!(fresh_store());
    }

    mod throttle {
        use std::sync::Arc;

        use passport_throttle::ThrottleStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn ThrottleStore> {
            room::migrated(&room::sqlite_url()).await.throttle().expect("SQLite has counts")
        }

        passport_throttle::throttle_store_contract!(fresh_store());
    }

    mod failures {
        use std::sync::Arc;

        use passport_throttle::FailureStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn FailureStore> {
            room::migrated(&room::sqlite_url()).await.failures()
        }

        passport_throttle::failure_store_contract!(fresh_store());
    }

    mod idempotency {
        use std::sync::Arc;

        use passport_idempotency::IdempotencyStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn IdempotencyStore> {
            room::migrated(&room::sqlite_url()).await.idempotency()
        }

        passport_idempotency::idempotency_store_contract!(fresh_store());
    }

    mod outbox {
        use std::sync::Arc;

        use passport_sms_client::Outbox;

        use crate::room;

        async fn fresh_outbox() -> Arc<dyn Outbox> {
            room::migrated(&room::sqlite_url()).await.outbox()
        }

        passport_sms_client::outbox_contract!(fresh_outbox());
    }

    mod users {
        use std::sync::Arc;

        use passport_user::{Journal, UserRepository};

        use crate::room;

        async fn fresh() -> (Arc<dyn UserRepository>, Arc<dyn Journal>) {
            let database = room::migrated(&room::sqlite_url()).await;
            (database.users(), database.journal())
        }

        async fn fresh_journal() -> Arc<dyn Journal> {
            room::migrated(&room::sqlite_url()).await.journal()
        }

        passport_user::user_repository_contract!(fresh());
        passport_user::journal_contract!(fresh_journal());
    }

    mod webhooks {
        use passport_webhooks::testing::Webhooks;

        use crate::room;

        async fn fresh() -> Webhooks {
            let database = room::migrated(&room::sqlite_url()).await;
            (database.webhooks(), database.journal())
        }

        passport_webhooks::webhook_store_contract!(fresh());
    }

    mod sessions {
        use std::sync::Arc;

        use passport_session::SessionStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn SessionStore> {
            room::migrated(&room::sqlite_url()).await.sessions()
        }

        passport_session::session_store_contract!(fresh_store());
    }
}

mod postgres {
    mod operator_tokens {
        use passport_user::testing::Operators;

        use crate::room;

        async fn fresh() -> Operators {
            let database = room::migrated(&room::postgres_url().await).await;
            (database.operator_tokens(), database.journal())
        }

        passport_user::operator_token_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh()
        );
    }

    mod signing_keys {
        use passport_user::testing::Signers;

        use crate::room;

        async fn fresh() -> Signers {
            let database = room::migrated(&room::postgres_url().await).await;
            (database.signing_keys(), database.journal())
        }

        passport_user::signing_key_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh()
        );
    }

    mod failures {
        use std::sync::Arc;

        use passport_throttle::FailureStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn FailureStore> {
            room::migrated(&room::postgres_url().await).await.failures()
        }

        passport_throttle::failure_store_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh_store()
        );
    }

    mod idempotency {
        use std::sync::Arc;

        use passport_idempotency::IdempotencyStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn IdempotencyStore> {
            room::migrated(&room::postgres_url().await).await.idempotency()
        }

        passport_idempotency::idempotency_store_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh_store()
        );
    }

    mod outbox {
        use std::sync::Arc;

        use passport_sms_client::Outbox;

        use crate::room;

        async fn fresh_outbox() -> Arc<dyn Outbox> {
            room::migrated(&room::postgres_url().await).await.outbox()
        }

        passport_sms_client::outbox_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh_outbox()
        );
    }

    mod users {
        use std::sync::Arc;

        use passport_user::{Journal, UserRepository};

        use crate::room;

        async fn fresh() -> (Arc<dyn UserRepository>, Arc<dyn Journal>) {
            let database = room::migrated(&room::postgres_url().await).await;
            (database.users(), database.journal())
        }

        async fn fresh_journal() -> Arc<dyn Journal> {
            room::migrated(&room::postgres_url().await).await.journal()
        }

        passport_user::user_repository_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh()
        );
        passport_user::journal_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh_journal()
        );
    }

    mod webhooks {
        use passport_webhooks::testing::Webhooks;

        use crate::room;

        async fn fresh() -> Webhooks {
            let database = room::migrated(&room::postgres_url().await).await;
            (database.webhooks(), database.journal())
        }

        passport_webhooks::webhook_store_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh()
        );
    }

    mod sessions {
        use std::sync::Arc;

        use passport_session::SessionStore;

        use crate::room;

        async fn fresh_store() -> Arc<dyn SessionStore> {
            room::migrated(&room::postgres_url().await).await.sessions()
        }

        passport_session::session_store_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh_store()
        );
    }
}
