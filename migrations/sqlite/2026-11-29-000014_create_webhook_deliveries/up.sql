-- Ids are 16 bytes; times are microseconds since 1970-01-01 UTC.
CREATE TABLE webhook_endpoints (
    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32 AND name NOT GLOB '*[^a-z0-9_]*'),
    -- Time of an answer 410; null while the endpoint gets events.
    disabled_at INTEGER,
    -- 0: room, 1: changes only, 2: full. Events with a greater weight are queued.
    backlog INTEGER NOT NULL DEFAULT 0 CHECK (backlog BETWEEN 0 AND 2)
) STRICT, WITHOUT ROWID;

-- Which events are queued for which endpoint, from the settings.
CREATE TABLE webhook_subscriptions (
    -- Rule that refused the operation; empty: it was done.
    rule TEXT NOT NULL,
    -- Kind of the event; empty: every kind.
    kind TEXT NOT NULL,
    endpoint TEXT NOT NULL REFERENCES webhook_endpoints,
    type TEXT NOT NULL,
    -- 1: decision, 2: change
    weight INTEGER NOT NULL CHECK (weight IN (1, 2)),
    PRIMARY KEY (rule, kind, endpoint, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_deliveries (
    endpoint TEXT NOT NULL,
    -- Row of audit_events, which is kept longer.
    event BLOB NOT NULL CHECK (length(event) = 16),
    type TEXT NOT NULL,
    event_at INTEGER NOT NULL,
    -- 0: waiting, 1: delivered, 2: failed
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- Time of the next try, or the end of the lease of the present one.
    due_at INTEGER NOT NULL,
    -- Token of the claim that tries it.
    lease BLOB CHECK (length(lease) = 16),
    ended_at INTEGER,
    -- What failed at the last try.
    note TEXT,
    PRIMARY KEY (endpoint, event, type),
    CHECK ((state = 0) = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;

-- Partial, because few deliveries wait while many are kept for a while.
CREATE INDEX webhook_deliveries_due_at_idx ON webhook_deliveries (endpoint, due_at) WHERE state = 0;
CREATE INDEX webhook_deliveries_ended_at_idx ON webhook_deliveries (ended_at) WHERE state <> 0;

-- A trigger, so that an event and its deliveries are one transaction whatever writes the event. An event
-- that is in the journal already is not inserted, and fires nothing.
CREATE TRIGGER audit_events_deliver AFTER INSERT ON audit_events
BEGIN
    INSERT INTO webhook_deliveries (endpoint, event, type, event_at, due_at)
        SELECT subscriptions.endpoint, NEW.id, subscriptions.type, NEW.at, NEW.at
        FROM webhook_subscriptions AS subscriptions
        JOIN webhook_endpoints AS endpoints ON endpoints.name = subscriptions.endpoint
        WHERE subscriptions.rule = coalesce(NEW.rule, '')
            AND subscriptions.kind IN (NEW.kind, '')
            AND endpoints.disabled_at IS NULL
            AND endpoints.backlog < subscriptions.weight;
END;
