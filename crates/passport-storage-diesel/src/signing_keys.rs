//! Queries about signing keys, written once and expanded for each database.

use async_trait::async_trait;
use diesel::prelude::*;
use passport_user::{
    AccountEvent, SigningKeyRecord, SigningKeyRepository, SigningKeyRepositoryError,
};
use time::OffsetDateTime;

use crate::act::{Act, Unchanged};

macro_rules! signing_keys {
    ($repository:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $repository(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{Backend, SigningKeyRow, schema::signing_keys, values};

            impl $repository {
                /// Does `act`; returns whether it was done.
                async fn has_done(
                    &self,
                    act: Act<Backend, Unchanged>,
                ) -> Result<bool, SigningKeyRepositoryError> {
                    let done =
                        self.0.transact(act).await.map_err(SigningKeyRepositoryError::new)?;
                    Ok(done.is_ok())
                }
            }

            #[async_trait]
            impl SigningKeyRepository for $repository {
                async fn list(&self) -> Result<Vec<SigningKeyRecord>, SigningKeyRepositoryError> {
                    let query = signing_keys::table
                        .order(signing_keys::generation.asc())
                        .select(SigningKeyRow::as_select());
                    let rows = self.0.load(query).await.map_err(SigningKeyRepositoryError::new)?;
                    let keys: Result<_, _> =
                        rows.into_iter().map(SigningKeyRecord::try_from).collect();
                    keys.map_err(SigningKeyRepositoryError::new)
                }

                async fn publish(
                    &self,
                    key: &SigningKeyRecord,
                    retire_former_at: OffsetDateTime,
                    event: &AccountEvent,
                ) -> Result<bool, SigningKeyRepositoryError> {
                    let insert = diesel::insert_into(signing_keys::table)
                        .values(SigningKeyRow::from(key))
                        .on_conflict_do_nothing();
                    let at = values::moment(retire_former_at);
                    let is_later =
                        signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(at));
                    let retire = diesel::update(signing_keys::table)
                        .filter(signing_keys::generation.lt(i64::from(key.generation)))
                        .filter(is_later)
                        .set(signing_keys::retired_at.eq(at));
                    let act = Act::<Backend, _>::new()
                        .require(insert, Unchanged)
                        .then(retire)
                        .record(event);
                    self.has_done(act).await
                }

                async fn retire(
                    &self,
                    id: &str,
                    at: OffsetDateTime,
                    event: &AccountEvent,
                ) -> Result<bool, SigningKeyRepositoryError> {
                    let at = values::moment(at);
                    let is_later =
                        signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(at));
                    let retire = diesel::update(signing_keys::table)
                        .filter(signing_keys::kid.eq(id.to_owned()))
                        .filter(is_later)
                        .set(signing_keys::retired_at.eq(at));
                    let act = Act::<Backend, _>::new().require(retire, Unchanged).record(event);
                    self.has_done(act).await
                }

                async fn purge(
                    &self,
                    before: OffsetDateTime,
                ) -> Result<u64, SigningKeyRepositoryError> {
                    let latest =
                        signing_keys::table.select(diesel::dsl::max(signing_keys::generation));
                    let latest: Option<i64> = self
                        .0
                        .load(latest)
                        .await
                        .map_err(SigningKeyRepositoryError::new)?
                        .into_iter()
                        .next()
                        .flatten();
                    let query = diesel::delete(signing_keys::table)
                        .filter(signing_keys::generation.lt(latest.unwrap_or_default()))
                        .filter(signing_keys::retired_at.lt(values::moment(before)));
                    let count = self.0.execute(query).await;
                    Ok(count.map_err(SigningKeyRepositoryError::new)? as u64)
                }
            }
        };
    };
}

signing_keys!(PostgresSigningKeys, postgres);
signing_keys!(SqliteSigningKeys, sqlite);
