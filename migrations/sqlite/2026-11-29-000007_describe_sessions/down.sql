-- The former version knows no epochs: a session that a change of the user has ended would be active again.
DELETE FROM sessions WHERE EXISTS (
    SELECT 1 FROM users
    WHERE users.id = sessions.subject AND (users.epoch <> sessions.epoch OR users.standing <> 0)
);

ALTER TABLE sessions DROP COLUMN remembered;
ALTER TABLE sessions DROP COLUMN place;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN device_kind;
ALTER TABLE sessions DROP COLUMN system;
ALTER TABLE sessions DROP COLUMN browser;
ALTER TABLE sessions DROP COLUMN methods;
ALTER TABLE sessions DROP COLUMN authenticated_at;
ALTER TABLE sessions DROP COLUMN epoch;
