//! Codes with their charges: the contract on SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use passport_auth::{ChargedCodes, Unavailable, testing::ChargedStores};
use passport_codes::{CodeKey, Guess, Redemption, StoredCode};
use passport_storage_diesel::ChargedCodes as StoredChargedCodes;
use passport_throttle::{Hit, Passage, Toll};
use time::OffsetDateTime;

use crate::room;

#[derive(Debug)]
struct Charged(StoredChargedCodes);

#[async_trait]
impl ChargedCodes for Charged {
    async fn put(
        &self,
        toll: &Toll,
        code: (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, Unavailable> {
        self.0.put(toll, code, now).await.map_err(Unavailable::new)
    }

    async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, Unavailable> {
        self.0.redeem(toll, guess, now).await.map_err(Unavailable::new)
    }
}

async fn fresh_stores() -> ChargedStores {
    let database = room::migrated(&room::sqlite_url()).await;
    ChargedStores {
        charged: Arc::new(Charged(database.charged_codes().expect("SQLite has codes"))),
        codes: database.codes().expect("SQLite has codes"),
        throttle: database.throttle().expect("SQLite has counts"),
        failures: database.failures(),
    }
}

passport_auth::charged_codes_contract!(fresh_stores());
