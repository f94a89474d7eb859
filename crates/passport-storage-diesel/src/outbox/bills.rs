//! What gateways charge, written once and expanded for each database.

use diesel::{dsl::count_star, prelude::*};
use futures::{FutureExt, future::BoxFuture};
use passport_sms_client::{AttemptStatus, Bill, Billed, Cost};
use time::OffsetDateTime;

use super::{
    PostgresOutbox, SqliteOutbox,
    figures::{Charged, fold_costs},
};
use crate::failure::Failure;

macro_rules! bills {
    ($outbox:ident, $backend:ident) => {
        const _: () = {
            use crate::$backend::{
                schema::{outbox_attempts, outbox_messages},
                values,
            };

            impl $outbox {
                pub(super) async fn bill(
                    &self,
                    attempt: Billed<'_>,
                    gateway: &str,
                    bill: Bill,
                ) -> Result<bool, Failure> {
                    if bill.is_unknown() {
                        return Ok(false);
                    }
                    let accepted = || {
                        diesel::update(outbox_attempts::table)
                            .filter(outbox_attempts::gateway.eq(gateway.to_owned()))
                            .filter(outbox_attempts::standing.eq(AttemptStatus::Accepted.as_str()))
                    };
                    // What the bill does not tell is not set.
                    let (price, parts) = (bill.price, bill.parts.map(i64::from));
                    let currency = price.map(|price| price.currency().as_str().to_owned());
                    let told = (
                        price.map(|price| outbox_attempts::price.eq(Some(price.thousandths()))),
                        currency.map(|code| outbox_attempts::currency.eq(Some(code))),
                        parts.map(|parts| outbox_attempts::parts.eq(Some(parts))),
                    );
                    let count = match attempt {
                        Billed::Message(id) => {
                            let named = outbox_attempts::message.eq(values::id(id));
                            self.0.execute(accepted().filter(named).set(told)).await?
                        }
                        Billed::ProviderId(id) => {
                            let named = outbox_attempts::provider_id.eq(id.to_owned());
                            self.0.execute(accepted().filter(named).set(told)).await?
                        }
                    };
                    Ok(count > 0)
                }

                pub(super) async fn sum(
                    &self,
                    from: OffsetDateTime,
                    to: OffsetDateTime,
                ) -> Result<Vec<Cost>, Failure> {
                    let groups = (
                        outbox_attempts::gateway,
                        outbox_messages::country,
                        outbox_attempts::price,
                        outbox_attempts::currency,
                        outbox_attempts::parts,
                    );
                    let query = outbox_attempts::table
                        .inner_join(outbox_messages::table)
                        .filter(outbox_attempts::began_at.ge(values::moment(from)))
                        .filter(outbox_attempts::began_at.lt(values::moment(to)))
                        .filter(outbox_attempts::standing.eq(AttemptStatus::Accepted.as_str()))
                        .group_by(groups)
                        .select((groups, count_star()));
                    // Boxed, because otherwise the compiler does not see that the future is `Send`.
                    let rows: BoxFuture<'_, Result<Vec<(Charged, i64)>, Failure>> =
                        self.0.load(query).boxed();
                    fold_costs(rows.await?)
                }
            }
        };
    };
}

bills!(PostgresOutbox, postgres);
bills!(SqliteOutbox, sqlite);
