//! Every clause of every contract on both databases.

mod sqlite {
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

        use passport_user::UserRepository;

        use crate::room;

        async fn fresh_repository() -> Arc<dyn UserRepository> {
            room::migrated(&room::sqlite_url()).await.users()
        }

        passport_user::user_repository_contract!(fresh_repository());
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

        use passport_user::UserRepository;

        use crate::room;

        async fn fresh_repository() -> Arc<dyn UserRepository> {
            room::migrated(&room::postgres_url().await).await.users()
        }

        passport_user::user_repository_contract!(
            #[ignore = "needs PostgreSQL"]
            fresh_repository()
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
