-- Ids are 16 bytes; times are microseconds since 1970-01-01 UTC; idle is in microseconds.
-- WITHOUT ROWID, because a lookup by digest then searches one tree instead of two.
CREATE TABLE sessions (
    -- SHA-256 of the token; the token itself is never stored.
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    idle INTEGER NOT NULL CHECK (idle > 0),
    expires_at INTEGER NOT NULL,
    -- The earlier of expires_at and last_seen_at + idle, stored because it is indexed.
    ends_at INTEGER NOT NULL CHECK (ends_at <= expires_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_subject_idx ON sessions (subject);
CREATE INDEX sessions_ends_at_idx ON sessions (ends_at);
