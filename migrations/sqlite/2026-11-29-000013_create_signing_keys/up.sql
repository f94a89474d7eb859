-- Moments are microseconds since 1970-01-01 UTC.
-- Keys that sign access tokens.
CREATE TABLE signing_keys (
    -- Number of the key; the primary key gives one of several processes the next one.
    generation INTEGER NOT NULL PRIMARY KEY CHECK (generation BETWEEN 1 AND 4294967295),
    kid TEXT NOT NULL CHECK (length(kid) BETWEEN 1 AND 128 AND kid NOT GLOB '*[^A-Za-z0-9._-]*'),
    alg TEXT NOT NULL,
    -- Private key, encrypted under a key that is derived from the master secret.
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    active_from INTEGER NOT NULL,
    retired_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX signing_keys_kid_idx ON signing_keys (kid);
