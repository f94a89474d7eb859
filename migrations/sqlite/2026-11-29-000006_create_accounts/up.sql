-- Ids are 16 bytes; times are microseconds since 1970-01-01 UTC.
-- The table is rebuilt, because SQLite drops neither NOT NULL nor a column that is UNIQUE.
ALTER TABLE users RENAME TO users_before;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    nick_name TEXT NOT NULL,
    password_hash TEXT CHECK (password_hash <> ''),
    -- 0: active, 1: disabled, 2: leaving, 9: purged
    standing INTEGER NOT NULL DEFAULT 0 CHECK (standing IN (0, 1, 2, 9)),
    standing_since INTEGER,
    purge_at INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch BETWEEN 0 AND 2147483647),
    created_at INTEGER NOT NULL,
    last_login_at INTEGER,
    CHECK ((standing = 0) = (standing_since IS NULL)),
    CHECK ((standing = 2) = (purge_at IS NOT NULL)),
    CHECK (standing <> 9 OR (nick_name = '' AND password_hash IS NULL AND last_login_at IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO users (id, nick_name, password_hash, created_at, last_login_at)
    SELECT id, nick_name, password_hash, created_at, last_login_at FROM users_before;

CREATE INDEX users_purge_at_idx ON users (purge_at) WHERE purge_at IS NOT NULL;

-- Current numbers and numbers kept back for an undo have one primary key, so no race can give a number to
-- two users.
CREATE TABLE user_phones (
    -- E.164
    phone TEXT NOT NULL PRIMARY KEY
        CHECK (phone GLOB '+[1-9]*' AND substr(phone, 2) NOT GLOB '*[^0-9]*'
            AND length(phone) BETWEEN 8 AND 16),
    user_id BLOB NOT NULL REFERENCES users,
    -- Time and epoch of the user from which on the number is current, or kept back.
    since INTEGER NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 0,
    -- End of the undo period; null: the current number of the user.
    until INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO user_phones (phone, user_id, since) SELECT phone, id, created_at FROM users_before;

CREATE UNIQUE INDEX user_phones_current_idx ON user_phones (user_id) WHERE until IS NULL;
CREATE INDEX user_phones_user_id_idx ON user_phones (user_id);
CREATE INDEX user_phones_until_idx ON user_phones (until) WHERE until IS NOT NULL;

DROP TABLE users_before;

CREATE TABLE audit_events (
    -- Version 7: later events have greater ids.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- 0: done, 1: refused by the rule
    outcome INTEGER NOT NULL CHECK (outcome IN (0, 1)),
    rule TEXT,
    -- 0: anonymous, 1: user, 2: operator, 3: system
    actor_kind INTEGER NOT NULL CHECK (actor_kind BETWEEN 0 AND 3),
    actor TEXT,
    subject BLOB CHECK (length(subject) = 16),
    -- Masked number, and its keyed digest.
    phone TEXT,
    phone_tag BLOB CHECK (length(phone_tag) = 16),
    address TEXT,
    session BLOB CHECK (length(session) = 16),
    request_id TEXT,
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    CHECK ((outcome = 1) = (rule IS NOT NULL)),
    CHECK ((actor_kind IN (1, 2)) = (actor IS NOT NULL)),
    CHECK ((phone IS NULL) = (phone_tag IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_events_subject_idx ON audit_events (subject, id);
CREATE INDEX audit_events_phone_tag_idx ON audit_events (phone_tag, id);
CREATE INDEX audit_events_kind_idx ON audit_events (kind, id);
CREATE INDEX audit_events_at_idx ON audit_events (at);

CREATE TRIGGER audit_events_keep BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are not changed');
END;

CREATE TRIGGER audit_events_keep_young BEFORE DELETE ON audit_events
WHEN OLD.at >= (unixepoch() - 30 * 86400) * 1000000
BEGIN
    SELECT RAISE(ABORT, 'audit events are not deleted in the first 30 days');
END;
