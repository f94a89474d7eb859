-- Epoch of the subject in which the session began.
ALTER TABLE sessions ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch BETWEEN 0 AND 4294967295);
-- Time and kinds of proof; the bits are those of the program, and until now there were only passwords.
ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN methods INTEGER NOT NULL DEFAULT 1;
-- What the owner sees in a list. Empty or null: not known.
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN device_kind INTEGER NOT NULL DEFAULT 0 CHECK (device_kind BETWEEN 0 AND 255);
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN place TEXT;
ALTER TABLE sessions ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0 CHECK (remembered IN (0, 1));

UPDATE sessions SET authenticated_at = created_at;
