//! Acts that change one user, written once and expanded for each database.

/// Expands to functions that return acts, where `Backend`, `values`, rows and tables are those of one
/// database.
macro_rules! acts {
    () => {
        /// Statement to change the user `id`, unless purged.
        macro_rules! update_user {
            ($id:expr) => {
                diesel::update(users::table)
                    .filter(users::id.eq(values::id($id.as_uuid())))
                    .filter(users::standing.ne(PURGED))
            };
        }

        /// Statement to change the user `id`, unless purged, in the epoch `expected`.
        macro_rules! update_user_in {
            ($expected:expr, $id:expr) => {
                update_user!($id).filter(users::epoch.eq(epoch_number($expected)))
            };
        }

        /// The user, the number, and the event. A user who is there has the number. A number whose undo period has ended is free.
        fn insertion(
            user: &User,
            phone: &PhoneNumber,
            event: &AccountEvent,
        ) -> Act<Backend, Unchanged> {
            let expired = diesel::delete(user_phones::table)
                .filter(user_phones::phone.eq(phone.as_e164().to_owned()))
                .filter(user_phones::until.le(values::moment(user.created_at)));
            let insert = diesel::insert_into(users::table)
                .values(UserRow::from(user))
                .on_conflict(users::id)
                .do_nothing();
            let number = diesel::insert_into(user_phones::table)
                .values((
                    user_phones::phone.eq(phone.as_e164().to_owned()),
                    user_phones::user_id.eq(values::id(user.id.as_uuid())),
                    user_phones::since.eq(values::moment(user.created_at)),
                    user_phones::epoch.eq(epoch_number(user.epoch)),
                ))
                .on_conflict(user_phones::phone)
                .do_nothing();
            Act::<Backend, _>::new()
                .then(expired)
                .require(insert, Unchanged)
                .require(number, Unchanged)
                .record(event)
        }

        fn password_change(
            id: UserId,
            expected: Epoch,
            next: Epoch,
            hash: Option<&PasswordHash>,
        ) -> Act<Backend, Unchanged> {
            let update = update_user_in!(expected, id).set((
                users::password_hash.eq(hash.map(|hash| hash.as_str().to_owned())),
                users::epoch.eq(epoch_number(next)),
            ));
            Act::<Backend, _>::new().require(update, Unchanged)
        }

        fn renaming(id: UserId, name: &NickName) -> Act<Backend, Unchanged> {
            let update = update_user!(id).set(users::nick_name.eq(name.as_str().to_owned()));
            Act::<Backend, _>::new().require(update, Unchanged)
        }

        fn standing_change(
            id: UserId,
            expected: Epoch,
            next: Epoch,
            standing: Standing,
        ) -> Act<Backend, Unchanged> {
            let (since, purge_at) = standing_times(standing);
            let update = update_user_in!(expected, id).set((
                users::standing.eq(kind_number(standing.kind())),
                users::standing_since.eq(since.map(values::moment)),
                users::purge_at.eq(purge_at.map(values::moment)),
                users::epoch.eq(epoch_number(next)),
            ));
            Act::<Backend, _>::new().require(update, Unchanged)
        }

        /// Only users who are leaving have a time from which on they may be purged.
        fn user_purge(id: UserId, now: OffsetDateTime) -> Act<Backend, Unchanged> {
            let now = values::moment(now);
            let update = update_user!(id).filter(users::purge_at.le(now)).set((
                users::standing.eq(PURGED),
                users::standing_since.eq(Some(now)),
                users::purge_at.eq(None::<values::StoredMoment>),
                users::nick_name.eq(""),
                users::password_hash.eq(None::<String>),
                users::last_login_at.eq(None::<values::StoredMoment>),
                users::terms_version.eq(None::<String>),
                users::terms_accepted_at.eq(None::<values::StoredMoment>),
            ));
            let numbers = diesel::delete(user_phones::table)
                .filter(user_phones::user_id.eq(values::id(id.as_uuid())));
            Act::<Backend, _>::new().require(update, Unchanged).then(numbers)
        }
    };
}

pub(super) use acts;
