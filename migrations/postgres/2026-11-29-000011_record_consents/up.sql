ALTER TABLE users
    -- Version of the terms that the user consented to, and the time.
    ADD COLUMN terms_version text CHECK (terms_version ~ '^[A-Za-z0-9._-]{1,32}$'),
    ADD COLUMN terms_accepted_at timestamptz,
    ADD CONSTRAINT users_terms_check CHECK ((terms_version IS NULL) = (terms_accepted_at IS NULL)),
    ADD CONSTRAINT users_purged_terms_check CHECK (standing <> 9 OR terms_version IS NULL);
