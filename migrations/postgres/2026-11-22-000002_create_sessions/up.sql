CREATE TABLE sessions (
    -- SHA-256 of the token; the token itself is never stored.
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    id uuid NOT NULL UNIQUE,
    subject uuid NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    idle interval NOT NULL CHECK (idle > interval '0'),
    expires_at timestamptz NOT NULL,
    -- The earlier of expires_at and last_seen_at + idle, stored because it is indexed.
    ends_at timestamptz NOT NULL CHECK (ends_at <= expires_at)
);

CREATE INDEX sessions_subject_idx ON sessions (subject);
CREATE INDEX sessions_ends_at_idx ON sessions (ends_at);
