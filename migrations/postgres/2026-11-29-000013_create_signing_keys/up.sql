-- Keys that sign access tokens.
CREATE TABLE signing_keys (
    -- Number of the key; the primary key gives one of several nodes the next one.
    generation bigint PRIMARY KEY CHECK (generation BETWEEN 1 AND 4294967295),
    kid text NOT NULL CHECK (kid ~ '^[A-Za-z0-9._-]{1,128}$'),
    alg text NOT NULL,
    -- Private key, encrypted under a key that is derived from the master secret.
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    active_from timestamptz NOT NULL,
    retired_at timestamptz
);

CREATE UNIQUE INDEX signing_keys_kid_idx ON signing_keys (kid);
