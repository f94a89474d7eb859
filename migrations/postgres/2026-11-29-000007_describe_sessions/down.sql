-- The former version knows no epochs: a session that a change of the user has ended would be active again.
DELETE FROM sessions WHERE EXISTS (
    SELECT 1 FROM users
    WHERE users.id = sessions.subject AND (users.epoch <> sessions.epoch OR users.standing <> 0)
);

ALTER TABLE sessions
    DROP COLUMN epoch,
    DROP COLUMN authenticated_at,
    DROP COLUMN methods,
    DROP COLUMN browser,
    DROP COLUMN system,
    DROP COLUMN device_kind,
    DROP COLUMN address,
    DROP COLUMN place,
    DROP COLUMN remembered;
