use std::time::Duration;

use async_trait::async_trait;
use passport_storage_memory::MemoryOperatorTokens;
use passport_user::{
    AccountEvent, OperatorName, OperatorToken, OperatorTokenError, OperatorTokenId,
    OperatorTokenRepository,
};
use time::OffsetDateTime;
use tokio::time::sleep;

/// A repository that is correct except for a pause between reading and writing.
#[derive(Debug)]
pub(crate) struct RacyOperatorTokens(pub(crate) MemoryOperatorTokens);

#[async_trait]
impl OperatorTokenRepository for RacyOperatorTokens {
    async fn insert(
        &self,
        token: &OperatorToken,
        event: &AccountEvent,
    ) -> Result<bool, OperatorTokenError> {
        if self.0.list().await?.iter().any(|it| it.name == token.name) {
            return Ok(false);
        }
        sleep(Duration::from_millis(1)).await;
        // The name is not compared again.
        let name = OperatorName::from_stored(format!("{}-{}", token.name, token.id));
        self.0.insert(&OperatorToken { name, ..token.clone() }, event).await
    }

    async fn find(&self, id: OperatorTokenId) -> Result<Option<OperatorToken>, OperatorTokenError> {
        self.0.find(id).await
    }

    async fn list(&self) -> Result<Vec<OperatorToken>, OperatorTokenError> {
        self.0.list().await
    }

    async fn record_use(
        &self,
        id: OperatorTokenId,
        at: OffsetDateTime,
    ) -> Result<(), OperatorTokenError> {
        self.0.record_use(id, at).await
    }

    async fn remove(
        &self,
        id: OperatorTokenId,
        event: &AccountEvent,
    ) -> Result<bool, OperatorTokenError> {
        self.0.remove(id, event).await
    }
}
