use diesel::{prelude::*, sqlite::Sqlite};
use passport_user::SigningKeyRecord;

use super::{
    schema::signing_keys,
    values::{moment, stored_moment},
};
use crate::failure::Failure;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = signing_keys, check_for_backend(Sqlite))]
pub(crate) struct SigningKeyRow {
    generation: i64,
    kid: String,
    alg: String,
    sealed: Vec<u8>,
    created_at: i64,
    active_from: i64,
    retired_at: Option<i64>,
}

impl From<&SigningKeyRecord> for SigningKeyRow {
    fn from(key: &SigningKeyRecord) -> Self {
        Self {
            generation: key.generation.into(),
            kid: key.id.clone(),
            alg: key.algorithm.clone(),
            sealed: key.sealed.clone(),
            created_at: moment(key.created_at),
            active_from: moment(key.active_from),
            retired_at: key.retired_at.map(moment),
        }
    }
}

impl TryFrom<SigningKeyRow> for SigningKeyRecord {
    type Error = Failure;

    fn try_from(row: SigningKeyRow) -> Result<Self, Failure> {
        let generation = row
            .generation
            .try_into()
            .map_err(|_| Failure::Row("generation of a signing key is not valid".into()))?;
        Ok(Self {
            generation,
            id: row.kid,
            algorithm: row.alg,
            sealed: row.sealed,
            created_at: stored_moment(row.created_at)?,
            active_from: stored_moment(row.active_from)?,
            retired_at: row.retired_at.map(stored_moment).transpose()?,
        })
    }
}
