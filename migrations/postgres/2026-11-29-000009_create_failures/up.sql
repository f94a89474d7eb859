-- Failures in a row, such as wrong passwords for a number. There is no moment of the next attempt: it follows
-- from these columns and the settings.
CREATE TABLE failures (
    -- Keyed digest of what the failures are counted for.
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    -- 0 if the only failure was forgiven.
    count integer NOT NULL CHECK (count >= 0),
    -- Moment of the last failure. The row is deleted 30 days later.
    last_at timestamptz NOT NULL
);

CREATE INDEX failures_last_at_idx ON failures (last_at);
