use diesel::sql_types::BigInt;

diesel::table! {
    users (id) {
        id -> Binary,
        nick_name -> Text,
        password_hash -> Nullable<Text>,
        standing -> SmallInt,
        standing_since -> Nullable<BigInt>,
        purge_at -> Nullable<BigInt>,
        epoch -> Integer,
        created_at -> BigInt,
        last_login_at -> Nullable<BigInt>,
        terms_version -> Nullable<Text>,
        terms_accepted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    user_phones (phone) {
        phone -> Text,
        user_id -> Binary,
        since -> BigInt,
        epoch -> Integer,
        until -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Binary,
        at -> BigInt,
        kind -> Text,
        outcome -> SmallInt,
        rule -> Nullable<Text>,
        actor_kind -> SmallInt,
        actor -> Nullable<Text>,
        subject -> Nullable<Binary>,
        phone -> Nullable<Text>,
        phone_tag -> Nullable<Binary>,
        address -> Nullable<Text>,
        session -> Nullable<Binary>,
        request_id -> Nullable<Text>,
        detail -> Text,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    operator_tokens (id) {
        id -> Binary,
        name -> Text,
        digest -> Binary,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    signing_keys (generation) {
        generation -> BigInt,
        kid -> Text,
        alg -> Text,
        sealed -> Binary,
        created_at -> BigInt,
        active_from -> BigInt,
        retired_at -> Nullable<BigInt>,
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
        epoch -> BigInt,
        authenticated_at -> BigInt,
        methods -> SmallInt,
        browser -> Text,
        system -> Text,
        device_kind -> SmallInt,
        address -> Text,
        place -> Nullable<Text>,
        remembered -> Bool,
    }
}

diesel::table! {
    outbox_messages (id) {
        id -> Binary,
        sealed -> Nullable<Binary>,
        country -> Text,
        carrier -> Text,
        lease -> Binary,
        leased_until -> BigInt,
        expires_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox_attempts (message, gateway) {
        message -> Binary,
        gateway -> Text,
        lease -> Binary,
        began_at -> BigInt,
        standing -> Text,
        provider_id -> Nullable<Text>,
        delivery -> SmallInt,
        code -> Text,
        redeemed -> Bool,
        price -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        parts -> Nullable<BigInt>,
    }
}

diesel::table! {
    codes (subject, purpose) {
        subject -> Text,
        purpose -> Text,
        digest -> Binary,
        tries_left -> BigInt,
        expires_at -> BigInt,
        binding -> Nullable<Binary>,
    }
}

diesel::table! {
    throttle_hits (subject, policy, at, hit) {
        subject -> Binary,
        policy -> Text,
        at -> BigInt,
        hit -> Binary,
        expires_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sessions, user_phones, users);

diesel::table! {
    failures (key) {
        key -> Binary,
        count -> Integer,
        last_at -> BigInt,
    }
}

diesel::table! {
    idempotency (key) {
        key -> Binary,
        fingerprint -> Binary,
        lease -> Binary,
        response -> Nullable<Binary>,
        expires_at -> BigInt,
    }
}

diesel::table! {
    webhook_endpoints (name) {
        name -> Text,
        disabled_at -> Nullable<BigInt>,
        backlog -> SmallInt,
    }
}

diesel::table! {
    webhook_subscriptions (rule, kind, endpoint, event_type) {
        rule -> Text,
        kind -> Text,
        endpoint -> Text,
        #[sql_name = "type"]
        event_type -> Text,
        weight -> SmallInt,
    }
}

diesel::table! {
    webhook_deliveries (endpoint, event, event_type) {
        endpoint -> Text,
        event -> Binary,
        #[sql_name = "type"]
        event_type -> Text,
        event_at -> BigInt,
        state -> SmallInt,
        tries -> Integer,
        due_at -> BigInt,
        lease -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(audit_events, webhook_deliveries, webhook_endpoints,);
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    webhook_deliveries::endpoint,
    webhook_deliveries::state,
);

diesel::joinable!(outbox_attempts -> outbox_messages (message));
diesel::allow_tables_to_appear_in_same_query!(outbox_attempts, outbox_messages);
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    outbox_attempts::gateway,
    outbox_messages::country,
    outbox_messages::carrier,
    outbox_attempts::standing,
    outbox_attempts::delivery,
    outbox_attempts::redeemed,
    outbox_attempts::price,
    outbox_attempts::currency,
    outbox_attempts::parts,
);

#[diesel::declare_sql_function]
extern "SQL" {
    /// Earlier of two moments.
    #[sql_name = "min"]
    fn least(one: BigInt, other: BigInt) -> BigInt;
}
