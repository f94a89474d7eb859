DROP INDEX audit_events_subject_idx;
CREATE INDEX audit_events_subject_idx ON audit_events (subject, id);
CREATE INDEX audit_events_at_idx ON audit_events (at);
CREATE INDEX outbox_messages_sealed_idx ON outbox_messages (expires_at) WHERE sealed IS NOT NULL;
