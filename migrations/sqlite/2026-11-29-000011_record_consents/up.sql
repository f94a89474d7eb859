-- Version of the terms that the user consented to, and the time.
ALTER TABLE users ADD COLUMN terms_version TEXT
    CHECK (length(terms_version) BETWEEN 1 AND 32 AND terms_version NOT GLOB '*[^A-Za-z0-9._-]*');
ALTER TABLE users ADD COLUMN terms_accepted_at INTEGER
    CHECK ((terms_version IS NULL) = (terms_accepted_at IS NULL)
        AND (standing <> 9 OR terms_accepted_at IS NULL));
