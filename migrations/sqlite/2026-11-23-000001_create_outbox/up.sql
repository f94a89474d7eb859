-- Ids are 16 bytes; times are microseconds since 1970-01-01 UTC.
CREATE TABLE outbox_messages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- Encrypted number and content; null once the message needs no further attempt. The key is not stored
    -- in the database.
    sealed BLOB,
    -- The first digits of the number, such as +86 and +86138.
    country TEXT NOT NULL,
    carrier TEXT NOT NULL,
    -- Token of the process that handles the message. All zeros: deferred until leased_until.
    lease BLOB NOT NULL CHECK (length(lease) = 16),
    leased_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    settled_at INTEGER
) STRICT, WITHOUT ROWID;

-- Partial, because few messages are open while many are kept for statistics.
CREATE INDEX outbox_messages_open_idx ON outbox_messages (leased_until) WHERE settled_at IS NULL;
CREATE INDEX outbox_messages_expires_at_idx ON outbox_messages (expires_at);

CREATE TABLE outbox_attempts (
    message BLOB NOT NULL REFERENCES outbox_messages ON DELETE CASCADE,
    gateway TEXT NOT NULL,
    -- Lease under which the last attempt began; only that lease may record its outcome.
    lease BLOB NOT NULL CHECK (length(lease) = 16),
    began_at INTEGER NOT NULL,
    standing TEXT NOT NULL
        CHECK (standing IN ('in-doubt', 'not-sent', 'refused', 'barred', 'accepted')),
    provider_id TEXT,
    -- 0: no receipt, 1: sent, 2: undelivered, 3: delivered. It only grows.
    delivery INTEGER NOT NULL DEFAULT 0 CHECK (delivery BETWEEN 0 AND 3),
    -- Status code of the carrier.
    code TEXT NOT NULL DEFAULT '',
    redeemed INTEGER NOT NULL DEFAULT 0 CHECK (redeemed IN (0, 1)),
    PRIMARY KEY (message, gateway)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_attempts_provider_id_idx ON outbox_attempts (provider_id, gateway);
CREATE INDEX outbox_attempts_began_at_idx ON outbox_attempts (began_at);
