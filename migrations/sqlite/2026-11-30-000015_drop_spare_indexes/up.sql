-- Each index is one more page to write for a message or an event. Content is kept of open messages only, which
-- have an index; events in the order of their ids are in the order of their times; most events have no subject.
DROP INDEX outbox_messages_sealed_idx;
DROP INDEX audit_events_at_idx;
DROP INDEX audit_events_subject_idx;
CREATE INDEX audit_events_subject_idx ON audit_events (subject, id) WHERE subject IS NOT NULL;
