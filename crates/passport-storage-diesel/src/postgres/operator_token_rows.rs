use diesel::{pg::Pg, prelude::*};
use passport_user::{OperatorName, OperatorToken, OperatorTokenId, Scopes, TokenDigest};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{schema::operator_tokens, values::moment};
use crate::failure::Failure;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = operator_tokens, check_for_backend(Pg))]
pub(crate) struct OperatorTokenRow {
    id: Uuid,
    name: String,
    digest: Vec<u8>,
    scopes: String,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    last_used_at: Option<OffsetDateTime>,
}

impl From<&OperatorToken> for OperatorTokenRow {
    fn from(token: &OperatorToken) -> Self {
        Self {
            id: token.id.as_uuid(),
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
            id: OperatorTokenId::from_uuid(row.id),
            name: OperatorName::from_stored(row.name),
            digest: TokenDigest::from_bytes(digest),
            scopes: Scopes::from_stored(&row.scopes),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}
