ALTER TABLE sessions
    -- Epoch of the subject in which the session began.
    ADD COLUMN epoch bigint NOT NULL DEFAULT 0 CHECK (epoch BETWEEN 0 AND 4294967295),
    -- Time and kinds of proof; the bits are those of the program, and until now there were only passwords.
    ADD COLUMN authenticated_at timestamptz,
    ADD COLUMN methods smallint NOT NULL DEFAULT 1,
    -- What the owner sees in a list. Empty or null: not known.
    ADD COLUMN browser text NOT NULL DEFAULT '',
    ADD COLUMN system text NOT NULL DEFAULT '',
    ADD COLUMN device_kind smallint NOT NULL DEFAULT 0 CHECK (device_kind BETWEEN 0 AND 255),
    ADD COLUMN address text NOT NULL DEFAULT '',
    ADD COLUMN place text,
    ADD COLUMN remembered boolean NOT NULL DEFAULT false;

UPDATE sessions SET authenticated_at = created_at;

ALTER TABLE sessions ALTER COLUMN authenticated_at SET NOT NULL;
