CREATE TABLE outbox_messages (
    id uuid PRIMARY KEY,
    -- Encrypted number and content; null once the message needs no further attempt. The key is not stored
    -- in the database.
    sealed bytea,
    -- The first digits of the number, such as +86 and +86138.
    country text NOT NULL,
    carrier text NOT NULL,
    -- Token of the process that handles the message. All zeros: deferred until leased_until.
    lease uuid NOT NULL,
    leased_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    settled_at timestamptz
);

-- Partial, because few messages are open while many are kept for statistics.
CREATE INDEX outbox_messages_open_idx ON outbox_messages (leased_until) WHERE settled_at IS NULL;
CREATE INDEX outbox_messages_expires_at_idx ON outbox_messages (expires_at);

CREATE TABLE outbox_attempts (
    message uuid NOT NULL REFERENCES outbox_messages ON DELETE CASCADE,
    gateway text NOT NULL,
    -- Lease under which the last attempt began; only that lease may record its outcome.
    lease uuid NOT NULL,
    began_at timestamptz NOT NULL,
    standing text NOT NULL
        CHECK (standing IN ('in-doubt', 'not-sent', 'refused', 'barred', 'accepted')),
    provider_id text,
    -- 0: no receipt, 1: sent, 2: undelivered, 3: delivered. It only grows.
    delivery smallint NOT NULL DEFAULT 0 CHECK (delivery BETWEEN 0 AND 3),
    -- Status code of the carrier.
    code text NOT NULL DEFAULT '',
    redeemed boolean NOT NULL DEFAULT FALSE,
    PRIMARY KEY (message, gateway)
);

CREATE INDEX outbox_attempts_provider_id_idx ON outbox_attempts (provider_id, gateway);
CREATE INDEX outbox_attempts_began_at_idx ON outbox_attempts (began_at);
