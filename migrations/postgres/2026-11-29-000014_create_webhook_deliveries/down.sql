DROP TRIGGER audit_events_deliver ON audit_events;
DROP FUNCTION audit_events_deliver;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_subscriptions;
DROP TABLE webhook_endpoints;
