-- What is still to be wiped is little, whatever is kept for the figures.
CREATE INDEX outbox_messages_sealed_idx ON outbox_messages (expires_at) WHERE sealed IS NOT NULL;
