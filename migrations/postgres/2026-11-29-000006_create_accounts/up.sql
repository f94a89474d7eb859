-- Current numbers and numbers kept back for an undo have one primary key, so no race can give a number to
-- two users.
CREATE TABLE user_phones (
    -- E.164
    phone text PRIMARY KEY CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    user_id uuid NOT NULL REFERENCES users,
    -- Time and epoch of the user from which on the number is current, or kept back.
    since timestamptz NOT NULL,
    epoch integer NOT NULL DEFAULT 0,
    -- End of the undo period; null: the current number of the user.
    until timestamptz
);

INSERT INTO user_phones (phone, user_id, since) SELECT phone, id, created_at FROM users;

CREATE UNIQUE INDEX user_phones_current_idx ON user_phones (user_id) WHERE until IS NULL;
CREATE INDEX user_phones_user_id_idx ON user_phones (user_id);
CREATE INDEX user_phones_until_idx ON user_phones (until) WHERE until IS NOT NULL;

ALTER TABLE users
    DROP COLUMN phone,
    ALTER COLUMN password_hash DROP NOT NULL,
    -- 0: active, 1: disabled, 2: leaving, 9: purged
    ADD COLUMN standing smallint NOT NULL DEFAULT 0,
    ADD COLUMN standing_since timestamptz,
    ADD COLUMN purge_at timestamptz,
    ADD COLUMN epoch integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT users_standing_check CHECK (standing IN (0, 1, 2, 9)),
    ADD CONSTRAINT users_standing_since_check CHECK ((standing = 0) = (standing_since IS NULL)),
    ADD CONSTRAINT users_purge_at_check CHECK ((standing = 2) = (purge_at IS NOT NULL)),
    ADD CONSTRAINT users_epoch_check CHECK (epoch >= 0),
    ADD CONSTRAINT users_purged_check
        CHECK (standing <> 9 OR (nick_name = '' AND password_hash IS NULL AND last_login_at IS NULL));

CREATE INDEX users_purge_at_idx ON users (purge_at) WHERE purge_at IS NOT NULL;

CREATE TABLE audit_events (
    -- Version 7: later events have greater ids.
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    -- 0: done, 1: refused by the rule
    outcome smallint NOT NULL CHECK (outcome IN (0, 1)),
    rule text,
    -- 0: anonymous, 1: user, 2: operator, 3: system
    actor_kind smallint NOT NULL CHECK (actor_kind BETWEEN 0 AND 3),
    actor text,
    subject uuid,
    -- Masked number, and its keyed digest.
    phone text,
    phone_tag bytea CHECK (octet_length(phone_tag) = 16),
    address text,
    session uuid,
    request_id text,
    detail jsonb NOT NULL,
    CHECK ((outcome = 1) = (rule IS NOT NULL)),
    CHECK ((actor_kind IN (1, 2)) = (actor IS NOT NULL)),
    CHECK ((phone IS NULL) = (phone_tag IS NULL))
);

CREATE INDEX audit_events_subject_idx ON audit_events (subject, id);
CREATE INDEX audit_events_phone_tag_idx ON audit_events (phone_tag, id);
CREATE INDEX audit_events_kind_idx ON audit_events (kind, id);
CREATE INDEX audit_events_at_idx ON audit_events (at);

CREATE FUNCTION audit_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '30 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit events are not changed, and not deleted in the first 30 days';
END;
$$;

CREATE TRIGGER audit_events_keep BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_keep();
CREATE TRIGGER audit_events_keep_all BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_keep();
