ALTER TABLE users
    DROP COLUMN terms_version,
    DROP COLUMN terms_accepted_at;
