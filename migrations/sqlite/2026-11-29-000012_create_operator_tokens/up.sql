-- Ids and digests are bytes; moments are microseconds since 1970-01-01 UTC.
-- Tokens of operators' programs.
CREATE TABLE operator_tokens (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64 AND name NOT GLOB '*[^A-Za-z0-9._@-]*'),
    -- SHA-256 of the secret.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    -- Names with spaces between.
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX operator_tokens_name_idx ON operator_tokens (name);

-- Reason that an operator gave: one line.
ALTER TABLE audit_events ADD COLUMN reason TEXT;
