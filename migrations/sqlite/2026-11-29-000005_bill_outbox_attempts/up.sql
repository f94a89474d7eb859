-- What the gateway charges, where it tells: thousandths of the currency's smallest unit, and number of parts.
ALTER TABLE outbox_attempts ADD COLUMN price INTEGER;
ALTER TABLE outbox_attempts ADD COLUMN currency TEXT;
ALTER TABLE outbox_attempts ADD COLUMN parts INTEGER;
