ALTER TABLE audit_events DROP COLUMN reason;
DROP TABLE operator_tokens;
