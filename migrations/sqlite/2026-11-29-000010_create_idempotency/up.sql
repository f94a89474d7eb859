-- Digests and ids are bytes; moments are microseconds since 1970-01-01 UTC.
CREATE TABLE idempotency (
    -- Keyed digest of the idempotency key and of what it is bound to.
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    -- Keyed digest of the content of the request.
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    -- Token of the latest execution.
    lease BLOB NOT NULL CHECK (length(lease) = 16),
    -- Encrypted; NULL while the request is being executed.
    response BLOB,
    -- End of the lease, then of the response.
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_expires_at_idx ON idempotency (expires_at);
