//! Queries about operators' tokens, written once and expanded for each database.

use async_trait::async_trait;
use diesel::prelude::*;
use passport_user::{
    AccountEvent, OperatorToken, OperatorTokenError, OperatorTokenId, OperatorTokenRepository,
};
use time::OffsetDateTime;

use crate::act::{Act, Unchanged};

macro_rules! operator_tokens {
    ($repository:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $repository(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{Backend, OperatorTokenRow, schema::operator_tokens, values};

            impl $repository {
                /// Does `act`; returns whether it was done.
                async fn has_done(
                    &self,
                    act: Act<Backend, Unchanged>,
                ) -> Result<bool, OperatorTokenError> {
                    let done = self.0.transact(act).await.map_err(OperatorTokenError::new)?;
                    Ok(done.is_ok())
                }
            }

            #[async_trait]
            impl OperatorTokenRepository for $repository {
                async fn insert(
                    &self,
                    token: &OperatorToken,
                    event: &AccountEvent,
                ) -> Result<bool, OperatorTokenError> {
                    let insert = diesel::insert_into(operator_tokens::table)
                        .values(OperatorTokenRow::from(token))
                        .on_conflict(operator_tokens::name)
                        .do_nothing();
                    let act = Act::<Backend, _>::new().require(insert, Unchanged).record(event);
                    self.has_done(act).await
                }

                async fn find(
                    &self,
                    id: OperatorTokenId,
                ) -> Result<Option<OperatorToken>, OperatorTokenError> {
                    let query = operator_tokens::table
                        .filter(operator_tokens::id.eq(values::id(id.as_uuid())))
                        .select(OperatorTokenRow::as_select());
                    let rows = self.0.load(query).await.map_err(OperatorTokenError::new)?;
                    let token = rows.into_iter().next().map(OperatorToken::try_from).transpose();
                    token.map_err(OperatorTokenError::new)
                }

                async fn list(&self) -> Result<Vec<OperatorToken>, OperatorTokenError> {
                    let query = operator_tokens::table
                        .order(operator_tokens::id.asc())
                        .select(OperatorTokenRow::as_select());
                    let rows = self.0.load(query).await.map_err(OperatorTokenError::new)?;
                    let tokens: Result<_, _> =
                        rows.into_iter().map(OperatorToken::try_from).collect();
                    tokens.map_err(OperatorTokenError::new)
                }

                async fn record_use(
                    &self,
                    id: OperatorTokenId,
                    at: OffsetDateTime,
                ) -> Result<(), OperatorTokenError> {
                    let at = values::moment(at);
                    let is_later = operator_tokens::last_used_at
                        .is_null()
                        .or(operator_tokens::last_used_at.lt(at));
                    let query = diesel::update(operator_tokens::table)
                        .filter(operator_tokens::id.eq(values::id(id.as_uuid())))
                        .filter(is_later)
                        .set(operator_tokens::last_used_at.eq(at));
                    self.0.execute(query).await.map_err(OperatorTokenError::new)?;
                    Ok(())
                }

                async fn remove(
                    &self,
                    id: OperatorTokenId,
                    event: &AccountEvent,
                ) -> Result<bool, OperatorTokenError> {
                    let delete = diesel::delete(operator_tokens::table)
                        .filter(operator_tokens::id.eq(values::id(id.as_uuid())));
                    let act = Act::<Backend, _>::new().require(delete, Unchanged).record(event);
                    self.has_done(act).await
                }
            }
        };
    };
}

operator_tokens!(PostgresOperatorTokens, postgres);
operator_tokens!(SqliteOperatorTokens, sqlite);
