use std::num::NonZeroU32;

use async_trait::async_trait;
use diesel::{
    prelude::*,
    query_builder::{QueryFragment, QueryId},
    result::Error,
    sqlite::Sqlite,
    upsert::excluded,
};
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Guess, Redemption, StoredCode,
};
use time::OffsetDateTime;

use super::{
    Pool,
    count::count,
    schema::codes,
    values::{moment, stored_moment},
};

/// Codes in an SQLite file: a row each.
///
/// Each act is one write of the file's writer, so nothing comes between what it reads and what it
/// writes.
#[derive(Debug)]
pub(crate) struct SqliteCodeStore(pub(crate) Pool);

#[async_trait]
impl CodeStore for SqliteCodeStore {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        _now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let put = upsert(CodeRow::new(key, &code));
        self.0.execute(put).await.map_err(CodeStoreError::new)?;
        Ok(())
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let guess = Guess { key: key.clone(), digest: guess, binding };
        let redeem = move |connection: &mut SqliteConnection| redeem(connection, &guess, now);
        self.0.write_once(redeem).await.map_err(CodeStoreError::new)
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        let own = codes::table
            .find((key.subject().to_owned(), key.purpose().as_str().to_owned()))
            .select(CodeRow::as_select());
        let found: Vec<CodeRow> = self.0.load(own).await.map_err(CodeStoreError::new)?;
        let held = |row: &CodeRow| row.digest == digest.as_bytes() && moment(now) < row.expires_at;
        Ok(found.iter().any(held))
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        if spent.expires_at <= now {
            return Ok(());
        }
        let (row, now) = (CodeRow::new(key, &spent), moment(now));
        let restore = move |connection: &mut SqliteConnection| {
            // A row that has expired makes room; a live one is a newer code and stays.
            let expired = codes::table
                .find((row.subject.as_str(), row.purpose.as_str()))
                .filter(codes::expires_at.le(now));
            count(connection, diesel::delete(expired))?;
            count(connection, diesel::insert_or_ignore_into(codes::table).values(row))
        };
        self.0.write(restore).await.map_err(CodeStoreError::new)?;
        Ok(())
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        let withdraw = diesel::delete(codes::table)
            .filter(codes::subject.eq(key.subject().to_owned()))
            .filter(codes::purpose.eq(key.purpose().as_str()))
            .filter(codes::digest.eq(digest.as_bytes().to_vec()));
        self.0.execute(withdraw).await.map_err(CodeStoreError::new)?;
        Ok(())
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        let discard = diesel::delete(codes::table)
            .filter(codes::subject.eq(key.subject().to_owned()))
            .filter(codes::purpose.eq(key.purpose().as_str()));
        self.0.execute(discard).await.map_err(CodeStoreError::new)?;
        Ok(())
    }
}

/// Stores a code, replacing any earlier one.
fn upsert(row: CodeRow) -> impl QueryFragment<Sqlite> + QueryId + Send + 'static {
    diesel::insert_into(codes::table)
        .values(row)
        .on_conflict((codes::subject, codes::purpose))
        .do_update()
        .set((
            codes::digest.eq(excluded(codes::digest)),
            codes::binding.eq(excluded(codes::binding)),
            codes::tries_left.eq(excluded(codes::tries_left)),
            codes::expires_at.eq(excluded(codes::expires_at)),
        ))
}

/// Stores a code, as a part of a write.
pub(super) fn put(connection: &mut SqliteConnection, row: CodeRow) -> QueryResult<()> {
    count(connection, upsert(row)).map(drop)
}

/// Redeems a code, as the last change or a part of a write.
pub(super) fn redeem(
    connection: &mut SqliteConnection,
    guess: &Guess,
    now: OffsetDateTime,
) -> QueryResult<Redemption> {
    let (subject, purpose) = (guess.key.subject(), guess.key.purpose().as_str());
    let own = || codes::table.find((subject, purpose));
    let found = own().select(CodeRow::as_select()).first(connection).optional()?;
    let Some(code) = found.map(CodeRow::code).transpose()? else {
        return Ok(Redemption::Missing);
    };
    if code.binding != guess.binding {
        return Ok(Redemption::Missing);
    }
    let (redemption, tries_left) = if code.expires_at <= now.truncate_to_microsecond() {
        (Redemption::Missing, 0)
    } else if code.digest == guess.digest {
        (Redemption::Accepted(code), 0)
    } else {
        let tries_left = code.tries_left.get() - 1;
        (Redemption::Mismatch { tries_left }, tries_left)
    };
    if tries_left == 0 {
        count(connection, diesel::delete(own()))?;
    } else {
        let tried = codes::tries_left.eq(i64::from(tries_left));
        count(connection, diesel::update(own()).set(tried))?;
    }
    Ok(redemption)
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = codes, check_for_backend(Sqlite))]
pub(super) struct CodeRow {
    subject: String,
    purpose: String,
    digest: Vec<u8>,
    binding: Option<Vec<u8>>,
    tries_left: i64,
    expires_at: i64,
}

impl CodeRow {
    pub(super) fn new(key: &CodeKey, code: &StoredCode) -> Self {
        Self {
            subject: key.subject().to_owned(),
            purpose: key.purpose().as_str().to_owned(),
            digest: code.digest.as_bytes().to_vec(),
            binding: code.binding.map(|binding| binding.as_bytes().to_vec()),
            tries_left: code.tries_left.get().into(),
            expires_at: moment(code.expires_at),
        }
    }

    fn code(self) -> QueryResult<StoredCode> {
        let digest = <[u8; 32]>::try_from(self.digest).map_err(|_| damaged("digest"))?;
        let binding = self.binding.map(<[u8; 16]>::try_from).transpose();
        let tries_left = u32::try_from(self.tries_left).ok().and_then(NonZeroU32::new);
        Ok(StoredCode {
            digest: CodeDigest::from_bytes(digest),
            binding: binding.map_err(|_| damaged("binding"))?.map(Binding::from_bytes),
            tries_left: tries_left.ok_or_else(|| damaged("tries_left"))?,
            expires_at: stored_moment(self.expires_at).map_err(|_| damaged("expires_at"))?,
        })
    }
}

fn damaged(column: &str) -> Error {
    Error::DeserializationError(format!("{column} of a stored code is damaged").into())
}
