//! Gateways and countries of attempts, written once and expanded for each database.

use diesel::prelude::*;
use futures::{FutureExt, future::BoxFuture};
use passport_sms_client::{AttemptStatus, Way, Which};

use super::{PostgresOutbox, SqliteOutbox, figures::prefix, stored::MAY_ARRIVE};
use crate::{failure::Failure, prepared::Prepared};

macro_rules! ways {
    ($outbox:ident, $backend:ident) => {
        const _: () = {
            use crate::$backend::{
                schema::{outbox_attempts, outbox_messages},
                values,
            };

            impl $outbox {
                pub(super) async fn ways_of(&self, which: Which<'_>) -> Result<Vec<Way>, Failure> {
                    let attempts = outbox_attempts::table
                        .inner_join(outbox_messages::table)
                        .select((outbox_attempts::gateway, outbox_messages::country));
                    // Boxed, because otherwise the compiler does not see that the future is `Send`.
                    let rows: BoxFuture<'_, Result<Vec<(String, String)>, Failure>> = match which {
                        Which::Message(id) => {
                            let may_arrive = outbox_attempts::standing.eq_any(MAY_ARRIVE);
                            let named = outbox_attempts::message.eq(values::id(id));
                            let query = attempts.filter(named).filter(may_arrive);
                            self.0.load(Prepared(query)).boxed()
                        }
                        Which::Accepted { gateway, provider_id } => {
                            let accepted = AttemptStatus::Accepted.as_str();
                            let named = outbox_attempts::provider_id.eq(provider_id.to_owned());
                            let query = attempts
                                .filter(named)
                                .filter(outbox_attempts::gateway.eq(gateway.to_owned()))
                                .filter(outbox_attempts::standing.eq(accepted));
                            self.0.load(query).boxed()
                        }
                    };
                    let way = |(gateway, country): (String, String)| {
                        Ok(Way { gateway, country: prefix(&country)? })
                    };
                    rows.await?.into_iter().map(way).collect()
                }
            }
        };
    };
}

ways!(PostgresOutbox, postgres);
ways!(SqliteOutbox, sqlite);
