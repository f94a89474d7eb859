-- The former schema has neither users without a number or password, nor disabled or leaving ones.
CREATE TABLE refusal (without_number INTEGER, without_password INTEGER, not_active INTEGER) STRICT;

CREATE TRIGGER refusal_check BEFORE INSERT ON refusal
WHEN NEW.without_number + NEW.without_password + NEW.not_active > 0
BEGIN
    SELECT RAISE(ABORT, 'cannot revert: ' || NEW.without_number || ' users have no current number, '
        || NEW.without_password || ' have no password, and ' || NEW.not_active
        || ' are disabled or leaving');
END;

INSERT INTO refusal
    SELECT count(*) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM user_phones WHERE user_id = id AND until IS NULL)),
        count(*) FILTER (WHERE password_hash IS NULL),
        count(*) FILTER (WHERE standing <> 0)
    FROM users WHERE standing <> 9;

DROP TABLE refusal;

DROP TABLE audit_events;

-- Ended sessions must not be valid again when there is no epoch to compare.
DELETE FROM sessions WHERE subject IN (SELECT id FROM users WHERE epoch > 0);

ALTER TABLE users RENAME TO users_after;

-- Ids are 16 bytes; times are microseconds since 1970-01-01 UTC.
CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- E.164. Adapters rely on this constraint to decide a race between two registrations.
    phone TEXT NOT NULL UNIQUE
        CHECK (phone GLOB '+[1-9]*' AND substr(phone, 2) NOT GLOB '*[^0-9]*'
            AND length(phone) BETWEEN 8 AND 16),
    nick_name TEXT NOT NULL,
    password_hash TEXT NOT NULL CHECK (password_hash <> ''),
    created_at INTEGER NOT NULL,
    last_login_at INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO users (id, phone, nick_name, password_hash, created_at, last_login_at)
    SELECT id, phone, nick_name, password_hash, created_at, last_login_at
    FROM users_after JOIN user_phones ON user_id = id AND until IS NULL;

DROP TABLE user_phones;
DROP TABLE users_after;
