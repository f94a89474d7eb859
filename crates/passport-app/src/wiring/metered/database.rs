use std::sync::Arc;

use passport_auth::UserCache;
use passport_sms_client::Outbox;
use passport_storage_diesel::Database;
use passport_user::{Journal, OperatorTokenRepository, SigningKeyRepository, UserRepository};

use super::Metered;
use crate::metrics::{StoreMeters, StoreName};

/// The repositories of the database, whose calls are timed.
#[derive(Debug, Clone)]
pub(in crate::wiring) struct MeteredDatabase {
    database: Database,
    meters: StoreMeters,
    user_cache: Option<UserCache>,
}

impl MeteredDatabase {
    /// Changes of users pass `user_cache`.
    pub(in crate::wiring) fn new(
        database: &Database,
        meters: &StoreMeters,
        user_cache: Option<UserCache>,
    ) -> Self {
        Self { database: database.clone(), meters: meters.clone(), user_cache }
    }

    pub(in crate::wiring) fn users(&self) -> Arc<dyn UserRepository> {
        let users = Metered::new(self.database.users(), self.meters.of(StoreName::Users));
        match &self.user_cache {
            Some(cache) => cache.guard(users),
            None => users,
        }
    }

    pub(in crate::wiring) fn journal(&self) -> Arc<dyn Journal> {
        Metered::new(self.database.journal(), self.meters.of(StoreName::Journal))
    }

    pub(in crate::wiring) fn operator_tokens(&self) -> Arc<dyn OperatorTokenRepository> {
        let meter = self.meters.of(StoreName::OperatorTokens);
        Metered::new(self.database.operator_tokens(), meter)
    }

    /// Keys of access tokens. Nodes read them every few seconds at most, so their calls are not timed.
    pub(in crate::wiring) fn signing_keys(&self) -> Arc<dyn SigningKeyRepository> {
        self.database.signing_keys()
    }

    pub(in crate::wiring) fn outbox(&self) -> Arc<dyn Outbox> {
        Metered::new(self.database.outbox(), self.meters.of(StoreName::Outbox))
    }
}
