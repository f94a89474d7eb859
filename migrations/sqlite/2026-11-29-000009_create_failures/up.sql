-- Failures in a row, such as wrong passwords for a number. There is no moment of the next attempt: it follows
-- from these columns and the settings. Moments are microseconds since 1970-01-01 UTC.
CREATE TABLE failures (
    -- Keyed digest of what the failures are counted for.
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    -- 0 if the only failure was forgiven.
    count INTEGER NOT NULL CHECK (count >= 0),
    -- Moment of the last failure. The row is deleted 30 days later.
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX failures_last_at_idx ON failures (last_at);
