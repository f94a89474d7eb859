use diesel::sql_types::Timestamptz;

diesel::table! {
    users (id) {
        id -> Uuid,
        nick_name -> Text,
        password_hash -> Nullable<Text>,
        standing -> SmallInt,
        standing_since -> Nullable<Timestamptz>,
        purge_at -> Nullable<Timestamptz>,
        epoch -> Integer,
        created_at -> Timestamptz,
        last_login_at -> Nullable<Timestamptz>,
        terms_version -> Nullable<Text>,
        terms_accepted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    user_phones (phone) {
        phone -> Text,
        user_id -> Uuid,
        since -> Timestamptz,
        epoch -> Integer,
        until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        at -> Timestamptz,
        kind -> Text,
        outcome -> SmallInt,
        rule -> Nullable<Text>,
        actor_kind -> SmallInt,
        actor -> Nullable<Text>,
        subject -> Nullable<Uuid>,
        phone -> Nullable<Text>,
        phone_tag -> Nullable<Bytea>,
        address -> Nullable<Text>,
        session -> Nullable<Uuid>,
        request_id -> Nullable<Text>,
        detail -> Jsonb,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    operator_tokens (id) {
        id -> Uuid,
        name -> Text,
        digest -> Bytea,
        scopes -> Text,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    signing_keys (generation) {
        generation -> BigInt,
        kid -> Text,
        alg -> Text,
        sealed -> Bytea,
        created_at -> Timestamptz,
        active_from -> Timestamptz,
        retired_at -> Nullable<Timestamptz>,
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
        epoch -> BigInt,
        authenticated_at -> Timestamptz,
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
        id -> Uuid,
        sealed -> Nullable<Bytea>,
        country -> Text,
        carrier -> Text,
        lease -> Uuid,
        leased_until -> Timestamptz,
        expires_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    outbox_attempts (message, gateway) {
        message -> Uuid,
        gateway -> Text,
        lease -> Uuid,
        began_at -> Timestamptz,
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

diesel::allow_tables_to_appear_in_same_query!(sessions, user_phones, users);

diesel::table! {
    failures (key) {
        key -> Bytea,
        count -> Integer,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency (key) {
        key -> Bytea,
        fingerprint -> Bytea,
        lease -> Uuid,
        response -> Nullable<Bytea>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_endpoints (name) {
        name -> Text,
        disabled_at -> Nullable<Timestamptz>,
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
        event -> Uuid,
        #[sql_name = "type"]
        event_type -> Text,
        event_at -> Timestamptz,
        state -> SmallInt,
        tries -> Integer,
        due_at -> Timestamptz,
        lease -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
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
    fn least(one: Timestamptz, other: Timestamptz) -> Timestamptz;
}
