-- The former schema has neither users without a number or password, nor disabled or leaving ones.
DO $$
DECLARE
    without_number bigint;
    without_password bigint;
    not_active bigint;
BEGIN
    SELECT count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM user_phones WHERE user_id = id AND until IS NULL)),
        count(*) FILTER (WHERE password_hash IS NULL),
        count(*) FILTER (WHERE standing <> 0)
    INTO without_number, without_password, not_active
    FROM users WHERE standing <> 9;
    IF without_number + without_password + not_active > 0 THEN
        RAISE EXCEPTION 'cannot revert: % users have no current number, % have no password, and % are '
            'disabled or leaving', without_number, without_password, not_active;
    END IF;
END;
$$;

DROP TABLE audit_events;
DROP FUNCTION audit_events_keep;

-- Ended sessions must not be valid again when there is no epoch to compare.
DELETE FROM sessions USING users WHERE subject = users.id AND epoch > 0;
DELETE FROM users WHERE standing = 9;

DROP INDEX users_purge_at_idx;
ALTER TABLE users
    DROP CONSTRAINT users_purged_check,
    DROP COLUMN standing,
    DROP COLUMN standing_since,
    DROP COLUMN purge_at,
    DROP COLUMN epoch,
    ADD COLUMN phone text;

UPDATE users SET phone = user_phones.phone FROM user_phones WHERE user_id = id AND until IS NULL;
DROP TABLE user_phones;

ALTER TABLE users
    ALTER COLUMN phone SET NOT NULL,
    ALTER COLUMN password_hash SET NOT NULL,
    ADD CONSTRAINT users_phone_key UNIQUE (phone),
    ADD CONSTRAINT users_phone_check CHECK (phone ~ '^\+[1-9][0-9]{6,14}$');
