-- What the gateway charges, where it tells: thousandths of the currency's smallest unit, and number of parts.
ALTER TABLE outbox_attempts ADD COLUMN price bigint;
ALTER TABLE outbox_attempts ADD COLUMN currency text;
ALTER TABLE outbox_attempts ADD COLUMN parts bigint;
