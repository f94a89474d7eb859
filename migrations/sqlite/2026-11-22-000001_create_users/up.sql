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
