use diesel::sql_types::Timestamptz;

diesel::table! {
    users (id) {
        id -> Uuid,
        phone -> Text,
        nick_name -> Text,
        password_hash -> Text,
        created_at -> Timestamptz,
        last_login_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (digest) {
        digest -> Bytea,
        id -> Uuid,
        subject -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        idle -> Interval,
        expires_at -> Timestamptz,
        ends_at -> Timestamptz,
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The earlier of two moments.
    fn least(one: Timestamptz, other: Timestamptz) -> Timestamptz;
}
