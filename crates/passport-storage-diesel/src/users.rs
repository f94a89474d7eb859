//! Queries about users, written once and expanded for each database.

use async_trait::async_trait;
use diesel::{dsl::count_star, prelude::*};
use futures::{FutureExt, future::BoxFuture};
use passport_user::{
    AccountEvent, Epoch, InsertUserError, NickName, NumberChange, NumberChanged, NumberUndone,
    PasswordHash, PhoneNumber, Standing, User, UserFilter, UserId, UserRepository,
    UserRepositoryError,
};
use time::OffsetDateTime;

use self::{
    acts::acts,
    number_acts::{KeptBack, NotUndone, number_acts},
    stored::{PURGED, epoch, epoch_number, kind_number, standing_times},
};
use crate::{act::Act, failure::Failure};

mod acts;
mod number_acts;
pub(crate) mod stored;

/// Number of rows that a batch deletes. Other writes get their turn between two batches.
const BATCH: i64 = 1_000;

/// Reason why a user was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unchanged;

macro_rules! user_repository {
    ($repository:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $repository(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{
                Backend, UserRow,
                schema::{user_phones, users},
                values,
            };

            /// Users with their current numbers.
            macro_rules! current {
                () => {
                    users::table
                        .left_join(user_phones::table.on(
                            user_phones::user_id.eq(users::id).and(user_phones::until.is_null()),
                        ))
                        .filter(users::standing.ne(PURGED))
                        .select((UserRow::as_select(), user_phones::phone.nullable()))
                };
            }

            acts!();
            number_acts!($repository);

            impl $repository {
                fn user(
                    rows: Vec<(UserRow, Option<String>)>,
                ) -> Result<Option<User>, UserRepositoryError> {
                    let user = rows.into_iter().next().map(|(row, phone)| row.user(phone));
                    user.transpose().map_err(UserRepositoryError::new)
                }

                /// Does `act`; returns whether it was done.
                async fn has_done(
                    &self,
                    act: Act<Backend, Unchanged>,
                ) -> Result<bool, UserRepositoryError> {
                    match self.0.transact(act).await.map_err(UserRepositoryError::new)? {
                        Ok(()) => Ok(true),
                        Err(Unchanged) => Ok(false),
                    }
                }

                /// Deletes numbers whose undo period had ended at `now`; returns their count.
                pub(crate) async fn purge_numbers(
                    &self,
                    now: OffsetDateTime,
                ) -> Result<u64, Failure> {
                    let now = values::moment(now);
                    let over = diesel::alias!(user_phones as over);
                    let mut purged = 0;
                    loop {
                        let batch = over
                            .filter(over.field(user_phones::until).le(now))
                            .select(over.field(user_phones::phone))
                            .limit(BATCH);
                        // The end is compared again, because the number may have been restored since it
                        // was selected.
                        let query = diesel::delete(user_phones::table)
                            .filter(user_phones::phone.eq_any(batch))
                            .filter(user_phones::until.le(now));
                        match self.0.execute(query).await? {
                            0 => return Ok(purged),
                            count => purged += count as u64,
                        }
                    }
                }
            }

            #[async_trait]
            impl UserRepository for $repository {
                /// The primary key of the numbers decides; nothing is read beforehand.
                async fn insert(
                    &self,
                    user: &User,
                    event: &AccountEvent,
                ) -> Result<(), InsertUserError> {
                    let phone = user.phone.as_ref().ok_or_else(|| {
                        UserRepositoryError::new("a user without phone number cannot be added")
                    })?;
                    let act = insertion(user, phone, event);
                    match self.has_done(act).await? {
                        true => Ok(()),
                        false => Err(InsertUserError::PhoneTaken),
                    }
                }

                async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
                    let query = current!().filter(users::id.eq(values::id(id.as_uuid())));
                    Self::user(self.0.load(query).await.map_err(UserRepositoryError::new)?)
                }

                async fn find_by_phone(
                    &self,
                    phone: &PhoneNumber,
                ) -> Result<Option<User>, UserRepositoryError> {
                    let query =
                        current!().filter(user_phones::phone.eq(phone.as_e164().to_owned()));
                    Self::user(self.0.load(query).await.map_err(UserRepositoryError::new)?)
                }

                async fn find_by_former_phone(
                    &self,
                    phone: &PhoneNumber,
                    now: OffsetDateTime,
                ) -> Result<Option<User>, UserRepositoryError> {
                    let former = diesel::alias!(user_phones as former);
                    let owner = former
                        .filter(former.field(user_phones::phone).eq(phone.as_e164().to_owned()))
                        .filter(former.field(user_phones::until).gt(values::moment(now)))
                        .select(former.field(user_phones::user_id));
                    let query = current!().filter(users::id.eq_any(owner));
                    Self::user(self.0.load(query).await.map_err(UserRepositoryError::new)?)
                }

                async fn record_login(
                    &self,
                    id: UserId,
                    at: OffsetDateTime,
                ) -> Result<(), UserRepositoryError> {
                    let at = values::moment(at);
                    let is_later = users::last_login_at.is_null().or(users::last_login_at.lt(at));
                    let query = diesel::update(users::table)
                        .filter(users::id.eq(values::id(id.as_uuid())))
                        .filter(users::standing.ne(PURGED))
                        .filter(is_later)
                        .set(users::last_login_at.eq(at));
                    self.0.execute(query).await.map_err(UserRepositoryError::new)?;
                    Ok(())
                }

                async fn replace_password_hash(
                    &self,
                    id: UserId,
                    old: &PasswordHash,
                    new: &PasswordHash,
                ) -> Result<bool, UserRepositoryError> {
                    let query = diesel::update(users::table)
                        .filter(users::id.eq(values::id(id.as_uuid())))
                        .filter(users::password_hash.eq(old.as_str().to_owned()))
                        .set(users::password_hash.eq(new.as_str().to_owned()));
                    let replaced = self.0.execute(query).await.map_err(UserRepositoryError::new)?;
                    Ok(replaced > 0)
                }

                async fn set_password(
                    &self,
                    id: UserId,
                    expected: Epoch,
                    hash: Option<&PasswordHash>,
                    event: &AccountEvent,
                ) -> Result<Option<Epoch>, UserRepositoryError> {
                    let Ok(next) = expected.next() else { return Ok(None) };
                    let act = password_change(id, expected, next, hash).record(event);
                    Ok(self.has_done(act).await?.then_some(next))
                }

                async fn rename(
                    &self,
                    id: UserId,
                    name: &NickName,
                    event: &AccountEvent,
                ) -> Result<bool, UserRepositoryError> {
                    self.has_done(renaming(id, name).record(event)).await
                }

                async fn change_number(
                    &self,
                    id: UserId,
                    expected: Epoch,
                    change: &NumberChange,
                    event: &AccountEvent,
                ) -> Result<NumberChanged, UserRepositoryError> {
                    let Ok(next) = expected.next() else { return Ok(NumberChanged::Stale) };
                    let act = number_change(id, expected, next, change).record(event);
                    match self.0.transact(act).await.map_err(UserRepositoryError::new)? {
                        Ok(()) => Ok(NumberChanged::Changed(next)),
                        Err(refusal) => Ok(refusal),
                    }
                }

                /// The act is done in the epoch that was read, or again in the next one. So each
                /// repetition means that another change of the user has succeeded.
                async fn undo_number(
                    &self,
                    id: UserId,
                    former: &PhoneNumber,
                    now: OffsetDateTime,
                    event: &AccountEvent,
                ) -> Result<Option<NumberUndone>, UserRepositoryError> {
                    loop {
                        let reading = self.kept_back(id, former, now);
                        let kept = reading.await.map_err(UserRepositoryError::new)?;
                        let Some(kept) = kept else { return Ok(None) };
                        let Ok(next) = kept.epoch.next() else { return Ok(None) };
                        let act = number_undo(id, former, &kept, next, now).record(event);
                        match self.0.transact(act).await.map_err(UserRepositoryError::new)? {
                            Ok(()) => {
                                let changed_at = kept.changed_at;
                                return Ok(Some(NumberUndone { epoch: next, changed_at }));
                            }
                            Err(NotUndone::Stale) => {}
                            Err(NotUndone::Gone) => return Ok(None),
                        }
                    }
                }

                async fn set_standing(
                    &self,
                    id: UserId,
                    expected: Epoch,
                    standing: Standing,
                    event: &AccountEvent,
                ) -> Result<Option<Epoch>, UserRepositoryError> {
                    let Ok(next) = expected.next() else { return Ok(None) };
                    let act = standing_change(id, expected, next, standing).record(event);
                    Ok(self.has_done(act).await?.then_some(next))
                }

                async fn due_for_purge(
                    &self,
                    now: OffsetDateTime,
                    limit: u32,
                ) -> Result<Vec<UserId>, UserRepositoryError> {
                    let query = users::table
                        .filter(users::purge_at.le(values::moment(now)))
                        .order((users::purge_at.asc(), users::id.asc()))
                        .limit(limit.into())
                        .select(users::id);
                    let ids = self.0.load(query).await.map_err(UserRepositoryError::new)?;
                    let ids = ids.into_iter().map(|id: values::Id| values::from_id(id));
                    let ids: Result<_, Failure> = ids.map(|id| id.map(UserId::from_uuid)).collect();
                    ids.map_err(UserRepositoryError::new)
                }

                async fn purge(
                    &self,
                    id: UserId,
                    now: OffsetDateTime,
                    event: &AccountEvent,
                ) -> Result<bool, UserRepositoryError> {
                    self.has_done(user_purge(id, now).record(event)).await
                }

                async fn list(
                    &self,
                    filter: &UserFilter,
                    after: Option<UserId>,
                    limit: u32,
                ) -> Result<Vec<User>, UserRepositoryError> {
                    let mut query =
                        current!().order(users::id.asc()).limit(limit.into()).into_boxed();
                    if let Some(kind) = filter.standing {
                        query = query.filter(users::standing.eq(kind_number(kind)));
                    }
                    if let Some(since) = filter.quiet_since {
                        let since = values::moment(since);
                        let is_quiet = users::last_login_at
                            .lt(since)
                            .or(users::last_login_at.is_null().and(users::created_at.lt(since)));
                        query = query.filter(is_quiet.assume_not_null());
                    }
                    if let Some(after) = after {
                        query = query.filter(users::id.gt(values::id(after.as_uuid())));
                    }
                    // Boxed, because otherwise the compiler does not see that the future is `Send`.
                    let reading: BoxFuture<'_, Result<Vec<(UserRow, _)>, Failure>> =
                        self.0.load(query).boxed();
                    let rows = reading.await.map_err(UserRepositoryError::new)?;
                    let users: Result<_, _> =
                        rows.into_iter().map(|(row, phone)| row.user(phone)).collect();
                    users.map_err(UserRepositoryError::new)
                }
            }
        };
    };
}

user_repository!(PostgresUserRepository, postgres);
user_repository!(SqliteUserRepository, sqlite);
