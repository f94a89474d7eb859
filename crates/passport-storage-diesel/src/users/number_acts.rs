//! Acts that move a number, written once and expanded for each database.

use passport_user::Epoch;
use time::OffsetDateTime;

/// A number that is kept back, and the epoch of its user, as they were read.
pub(super) struct KeptBack {
    /// Epoch of the user.
    pub(super) epoch: Epoch,
    /// Time of the change from the number.
    pub(super) changed_at: OffsetDateTime,
    /// Epoch that began with this change.
    pub(super) changed_in: i32,
}

/// Reason why a change of number was not undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotUndone {
    /// The user has another epoch than was read.
    Stale,
    /// The number is not kept back any more.
    Gone,
}

/// Expands to functions about numbers; see [`acts!`](super::acts::acts).
macro_rules! number_acts {
    ($repository:ident) => {
        impl $repository {
            /// Reads `former`, if it is kept back for the user at `now`.
            async fn kept_back(
                &self,
                id: UserId,
                former: &PhoneNumber,
                now: OffsetDateTime,
            ) -> Result<Option<KeptBack>, Failure> {
                let query = users::table
                    .inner_join(user_phones::table.on(user_phones::user_id.eq(users::id)))
                    .filter(users::id.eq(values::id(id.as_uuid())))
                    .filter(user_phones::phone.eq(former.as_e164().to_owned()))
                    .filter(user_phones::until.gt(values::moment(now)))
                    .select((users::epoch, user_phones::since, user_phones::epoch));
                let rows: Vec<(i32, _, i32)> = self.0.load(query).await?;
                let kept = rows.into_iter().next().map(|(number, since, changed_in)| {
                    let changed_at = values::from_moment(since)?;
                    Ok(KeptBack { epoch: epoch(number)?, changed_at, changed_in })
                });
                kept.transpose()
            }
        }

        /// Moves the user to the new number. The first statement locks the row of the user until the
        /// commit, so changes of one user follow each other; between users the primary key decides.
        ///
        /// The new number is taken before the former one is touched: otherwise two users who change to
        /// each other's number would wait for each other.
        fn number_change(
            id: UserId,
            expected: Epoch,
            next: Epoch,
            change: &NumberChange,
        ) -> Act<Backend, NumberChanged> {
            let (id, next) = (values::id(id.as_uuid()), epoch_number(next));
            let (now, until) = (values::moment(change.now), values::moment(change.undo_until));
            let number = change.number.as_e164().to_owned();
            let raise = diesel::update(users::table)
                .filter(users::id.eq(id.clone()))
                .filter(users::standing.ne(PURGED))
                .filter(users::epoch.eq(epoch_number(expected)))
                .set(users::epoch.eq(next));
            let is_free = user_phones::until
                .le(now)
                .or(user_phones::until.is_not_null().and(user_phones::user_id.eq(id.clone())));
            let free = diesel::delete(user_phones::table)
                .filter(user_phones::phone.eq(number.clone()))
                .filter(is_free);
            // Kept back at first, because a user has one current number.
            let insert = diesel::insert_into(user_phones::table)
                .values((
                    user_phones::phone.eq(number.clone()),
                    user_phones::user_id.eq(id.clone()),
                    user_phones::since.eq(now),
                    user_phones::epoch.eq(next),
                    user_phones::until.eq(Some(until)),
                ))
                .on_conflict(user_phones::phone)
                .do_nothing();
            let keep_back = diesel::update(user_phones::table)
                .filter(user_phones::user_id.eq(id.clone()))
                .filter(user_phones::until.is_null())
                .set((
                    user_phones::since.eq(now),
                    user_phones::epoch.eq(next),
                    user_phones::until.eq(Some(until)),
                ));
            let kept = diesel::alias!(user_phones as kept);
            let count = kept
                .filter(kept.field(user_phones::user_id).eq(id))
                .filter(kept.field(user_phones::until).gt(now))
                .filter(kept.field(user_phones::phone).ne(number.clone()))
                .select(count_star());
            let make_current = diesel::update(user_phones::table)
                .filter(user_phones::phone.eq(number))
                .filter(count.single_value().le(i64::from(NumberChange::MAX_UNDOABLE)))
                .set(user_phones::until.eq(None::<values::StoredMoment>));
            Act::<Backend, _>::new()
                .require(raise, NumberChanged::Stale)
                .then(free)
                .require(insert, NumberChanged::Taken)
                .then(keep_back)
                .require(make_current, NumberChanged::TooMany)
        }

        /// Moves the user back to `former`. Everything that came to the user with or after the change
        /// from it goes.
        fn number_undo(
            id: UserId,
            former: &PhoneNumber,
            kept: &KeptBack,
            next: Epoch,
            now: OffsetDateTime,
        ) -> Act<Backend, NotUndone> {
            let (id, next) = (values::id(id.as_uuid()), epoch_number(next));
            let now = values::moment(now);
            let raise = diesel::update(users::table)
                .filter(users::id.eq(id.clone()))
                .filter(users::epoch.eq(epoch_number(kept.epoch)))
                .set((users::password_hash.eq(None::<String>), users::epoch.eq(next)));
            let came_later =
                user_phones::until.is_null().or(user_phones::epoch.gt(kept.changed_in));
            let free = diesel::delete(user_phones::table)
                .filter(user_phones::user_id.eq(id.clone()))
                .filter(came_later);
            let restore = diesel::update(user_phones::table)
                .filter(user_phones::phone.eq(former.as_e164().to_owned()))
                .filter(user_phones::user_id.eq(id))
                .filter(user_phones::until.gt(now))
                .set((
                    user_phones::since.eq(now),
                    user_phones::epoch.eq(next),
                    user_phones::until.eq(None::<values::StoredMoment>),
                ));
            Act::<Backend, _>::new()
                .require(raise, NotUndone::Stale)
                .then(free)
                .require(restore, NotUndone::Gone)
        }
    };
}

pub(super) use number_acts;
