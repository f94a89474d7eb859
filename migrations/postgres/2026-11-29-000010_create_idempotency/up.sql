CREATE TABLE idempotency (
    -- Keyed digest of the idempotency key and of what it is bound to.
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    -- Keyed digest of the content of the request.
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    -- Token of the latest execution.
    lease uuid NOT NULL,
    -- Encrypted; NULL while the request is being executed.
    response bytea,
    -- End of the lease, then of the response.
    expires_at timestamptz NOT NULL
);

CREATE INDEX idempotency_expires_at_idx ON idempotency (expires_at);
