ALTER TABLE outbox_attempts DROP COLUMN parts;
ALTER TABLE outbox_attempts DROP COLUMN currency;
ALTER TABLE outbox_attempts DROP COLUMN price;
