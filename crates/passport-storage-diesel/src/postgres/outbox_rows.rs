use diesel::{pg::Pg, prelude::*};
use passport_sms_client::{Attempt, Claimed, Entry, Lease, SealedMessage};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    schema::{outbox_attempts, outbox_messages},
    values::moment,
};
use crate::{
    failure::Failure,
    outbox::{delivery, standing},
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox_messages, check_for_backend(Pg))]
pub(crate) struct MessageRow {
    id: Uuid,
    sealed: Option<Vec<u8>>,
    country: String,
    carrier: String,
    lease: Uuid,
    leased_until: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl MessageRow {
    pub(crate) fn new(entry: &Entry, lease: Lease) -> Self {
        Self {
            id: entry.id,
            sealed: Some(entry.sealed.as_bytes().to_vec()),
            country: entry.country.to_string(),
            carrier: entry.carrier.to_string(),
            lease: lease.token,
            leased_until: moment(lease.until),
            expires_at: moment(entry.expires_at),
        }
    }

    pub(crate) fn claimed(self, attempts: Vec<AttemptRow>) -> Result<Claimed, Failure> {
        Ok(Claimed {
            id: self.id,
            sealed: SealedMessage::from_bytes(self.sealed.unwrap_or_default()),
            expires_at: self.expires_at,
            attempts: attempts.into_iter().map(Attempt::try_from).collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox_attempts, check_for_backend(Pg))]
pub(crate) struct AttemptRow {
    gateway: String,
    began_at: OffsetDateTime,
    standing: String,
    delivery: i16,
    code: String,
    redeemed: bool,
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = Failure;

    fn try_from(row: AttemptRow) -> Result<Self, Failure> {
        Ok(Self {
            gateway: row.gateway,
            began_at: row.began_at,
            status: standing(&row.standing)?,
            delivery: delivery(row.delivery)?,
            code: row.code,
            is_redeemed: row.redeemed,
        })
    }
}
