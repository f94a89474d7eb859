-- Digests are bytes; moments are microseconds since 1970-01-01 UTC.
-- There is no index on expires_at: the sweep reads the tables in the order of their keys, so that a
-- code or hit costs one entry in one tree.
CREATE TABLE codes (
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- Keyed digest of the code; the code itself is never stored.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    tries_left INTEGER NOT NULL CHECK (tries_left > 0),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (subject, purpose)
) STRICT, WITHOUT ROWID;

-- One row for each counted hit and policy. The subject comes first, so that all hits that one
-- operation counts for a phone number or a client are next to each other.
CREATE TABLE throttle_hits (
    -- Keyed digest of a phone number or client.
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    policy TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Id of the hit, the same in the rows of all policies that it is counted for.
    hit BLOB NOT NULL CHECK (length(hit) = 16),
    -- End of the window under which the hit was counted.
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (subject, policy, at, hit)
) STRICT, WITHOUT ROWID;
