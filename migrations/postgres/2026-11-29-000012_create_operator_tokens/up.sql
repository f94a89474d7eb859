-- Tokens of operators' programs.
CREATE TABLE operator_tokens (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name ~ '^[A-Za-z0-9._@-]{1,64}$'),
    -- SHA-256 of the secret.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    -- Names with spaces between.
    scopes text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz
);

CREATE UNIQUE INDEX operator_tokens_name_idx ON operator_tokens (name);

-- Reason that an operator gave: one line.
ALTER TABLE audit_events ADD COLUMN reason text;
