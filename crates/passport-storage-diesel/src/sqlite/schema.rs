use diesel::sql_types::BigInt;

diesel::table! {
    users (id) {
        id -> Binary,
        phone -> Text,
        nick_name -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        last_login_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (digest) {
        digest -> Binary,
        id -> Binary,
        subject -> Binary,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        idle -> BigInt,
        expires_at -> BigInt,
        ends_at -> BigInt,
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The earlier of two moments.
    #[sql_name = "min"]
    fn least(one: BigInt, other: BigInt) -> BigInt;
}
