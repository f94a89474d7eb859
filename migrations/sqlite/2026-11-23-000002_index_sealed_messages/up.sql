-- Partial, because few messages still have content to delete while many are kept for statistics.
CREATE INDEX outbox_messages_sealed_idx ON outbox_messages (expires_at) WHERE sealed IS NOT NULL;
