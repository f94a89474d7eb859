use diesel::{prelude::*, sqlite::Sqlite};
use passport_user::{OperatorName, OperatorToken, OperatorTokenId, Scopes, TokenDigest};

use super::{
    schema::operator_tokens,
    values::{id, moment, stored_id, stored_moment},
};
use crate::failure::Failure;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = operator_tokens, check_for_backend(Sqlite))]
pub(crate) struct OperatorTokenRow {
    id: Vec<u8>,
    name: String,
    digest: Vec<u8>,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl From<&OperatorToken> for OperatorTokenRow {
    fn from(token: &OperatorToken) -> Self {
        Self {
            id: id(token.id.as_uuid()),
            name: token.name.as_str().to_owned(),
            digest: token.digest.as_bytes().to_vec(),
            scopes: token.scopes.to_string(),
            created_at: moment(token.created_at),
            expires_at: token.expires_at.map(moment),
            last_used_at: token.last_used_at.map(moment),
        }
    }
}

impl TryFrom<OperatorTokenRow> for OperatorToken {
    type Error = Failure;

    fn try_from(row: OperatorTokenRow) -> Result<Self, Failure> {
        let digest = row
            .digest
            .try_into()
            .map_err(|_| Failure::Row("digest of a token is not valid".into()))?;
        Ok(Self {
            id: OperatorTokenId::from_uuid(stored_id(&row.id)?),
            name: OperatorName::from_stored(row.name),
            digest: TokenDigest::from_bytes(digest),
            scopes: Scopes::from_stored(&row.scopes),
            created_at: stored_moment(row.created_at)?,
            expires_at: row.expires_at.map(stored_moment).transpose()?,
            last_used_at: row.last_used_at.map(stored_moment).transpose()?,
        })
    }
}
