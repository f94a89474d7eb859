use diesel::{prelude::*, sqlite::Sqlite};
use passport_sms_client::{Attempt, Claimed, Entry, Lease, SealedMessage};

use super::{
    schema::{outbox_attempts, outbox_messages},
    values::{id, moment, stored_id, stored_moment},
};
use crate::{
    failure::Failure,
    outbox::{delivery, standing},
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox_messages, check_for_backend(Sqlite))]
pub(crate) struct MessageRow {
    id: Vec<u8>,
    sealed: Option<Vec<u8>>,
    country: String,
    carrier: String,
    lease: Vec<u8>,
    leased_until: i64,
    expires_at: i64,
}

impl MessageRow {
    pub(crate) fn new(entry: &Entry, lease: Lease) -> Self {
        Self {
            id: id(entry.id),
            sealed: Some(entry.sealed.as_bytes().to_vec()),
            country: entry.country.to_string(),
            carrier: entry.carrier.to_string(),
            lease: id(lease.token),
            leased_until: moment(lease.until),
            expires_at: moment(entry.expires_at),
        }
    }

    pub(crate) fn claimed(self, attempts: Vec<AttemptRow>) -> Result<Claimed, Failure> {
        Ok(Claimed {
            id: stored_id(&self.id)?,
            sealed: SealedMessage::from_bytes(self.sealed.unwrap_or_default()),
            expires_at: stored_moment(self.expires_at)?,
            attempts: attempts.into_iter().map(Attempt::try_from).collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox_attempts, check_for_backend(Sqlite))]
pub(crate) struct AttemptRow {
    gateway: String,
    began_at: i64,
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
            began_at: stored_moment(row.began_at)?,
            status: standing(&row.standing)?,
            delivery: delivery(row.delivery)?,
            code: row.code,
            is_redeemed: row.redeemed,
        })
    }
}
