CREATE TABLE webhook_endpoints (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    -- Time of an answer 410; null while the endpoint gets events.
    disabled_at timestamptz,
    -- 0: room, 1: changes only, 2: full. Events with a greater weight are queued.
    backlog smallint NOT NULL DEFAULT 0 CHECK (backlog BETWEEN 0 AND 2)
);

-- Which events are queued for which endpoint, from the settings.
CREATE TABLE webhook_subscriptions (
    -- Rule that refused the operation; empty: it was done.
    rule text NOT NULL,
    -- Kind of the event; empty: every kind.
    kind text NOT NULL,
    endpoint text NOT NULL REFERENCES webhook_endpoints,
    type text NOT NULL,
    -- 1: decision, 2: change
    weight smallint NOT NULL CHECK (weight IN (1, 2)),
    PRIMARY KEY (rule, kind, endpoint, type)
);

CREATE TABLE webhook_deliveries (
    endpoint text NOT NULL,
    -- Row of audit_events, which is kept longer.
    event uuid NOT NULL,
    type text NOT NULL,
    event_at timestamptz NOT NULL,
    -- 0: waiting, 1: delivered, 2: failed
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- Time of the next try, or the end of the lease of the present one.
    due_at timestamptz NOT NULL,
    -- Token of the claim that tries it.
    lease uuid,
    ended_at timestamptz,
    -- What failed at the last try.
    note text,
    PRIMARY KEY (endpoint, event, type),
    CHECK ((state = 0) = (ended_at IS NULL))
);

-- Partial, because few deliveries wait while many are kept for a while.
CREATE INDEX webhook_deliveries_due_at_idx ON webhook_deliveries (endpoint, due_at) WHERE state = 0;
CREATE INDEX webhook_deliveries_ended_at_idx ON webhook_deliveries (ended_at) WHERE state <> 0;

-- A trigger, so that an event and its deliveries are one transaction whatever writes the event. An event
-- that is in the journal already is not inserted, and fires nothing.
CREATE FUNCTION audit_events_deliver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_deliveries (endpoint, event, type, event_at, due_at)
        SELECT subscriptions.endpoint, NEW.id, subscriptions.type, NEW.at, NEW.at
        FROM webhook_subscriptions AS subscriptions
        JOIN webhook_endpoints AS endpoints ON endpoints.name = subscriptions.endpoint
        WHERE subscriptions.rule = coalesce(NEW.rule, '')
            AND subscriptions.kind IN (NEW.kind, '')
            AND endpoints.disabled_at IS NULL
            AND endpoints.backlog < subscriptions.weight;
    RETURN NULL;
END;
$$;

CREATE TRIGGER audit_events_deliver AFTER INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_deliver();
