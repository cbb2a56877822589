-- Webhooks: who outside wants to hear of what happens, and what was sent to whom.

CREATE TABLE webhooks (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1,
  enabled boolean NOT NULL,
  definition jsonb NOT NULL,
  -- The gateway writes it and cannot read it (grants below): whoever asks is not told it a second time.
  secret text NOT NULL,
  -- What was signed with before is signed with, too, until then.
  previous_secret text,
  previous_until timestamptz,
  -- Entries from before it was made, or put to use again, are not sent.
  since timestamptz NOT NULL DEFAULT stageline_now(),
  -- Since when nothing has got through; null while the last try was well.
  failing_since timestamptz,
  off_reason text CONSTRAINT webhooks_off_reason_is_known CHECK (off_reason IN ('gone', 'failing')),
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_by text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhooks_off_reason_matches_enabled CHECK (off_reason IS NULL OR NOT enabled),
  CONSTRAINT webhooks_previous_secret_ends CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);

CREATE FUNCTION keep_previous_secret() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.previous_secret := OLD.secret;
  NEW.previous_until := public.stageline_now() + interval '24 hours';
  RETURN NEW;
END $$;
CREATE TRIGGER webhooks_previous_secret BEFORE UPDATE OF secret ON webhooks
  FOR EACH ROW WHEN (OLD.secret IS DISTINCT FROM NEW.secret) EXECUTE FUNCTION keep_previous_secret();

-- How far each history was read for them, as trigger_cursors.
CREATE TABLE webhook_cursors (LIKE trigger_cursors INCLUDING ALL);
INSERT INTO webhook_cursors (stream, epoch, xid)
SELECT stream, epoch, pg_current_xact_id() FROM record_epoch, unnest(ARRAY['jobs', 'desk']) AS stream;

-- One row for each entry that an endpoint wants, written in the commit that moves the cursor on.
CREATE TABLE deliveries (
  tenant_id uuid NOT NULL,
  -- Made of the entry and the endpoint: an entry that is seen twice is one delivery. Sent along, so that a receiver knows
  -- what it has had already.
  id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  seq integer NOT NULL,
  type text NOT NULL,
  cause text NOT NULL,
  entry jsonb NOT NULL,
  state text NOT NULL CONSTRAINT deliveries_state_is_known CHECK (state IN ('waiting', 'delivered', 'failed')),
  tries integer NOT NULL DEFAULT 0,
  -- Goes up whenever somebody takes it: who comes late changes nothing.
  fence integer NOT NULL DEFAULT 0,
  attempts jsonb NOT NULL DEFAULT '[]',
  -- When somebody may take it; whoever takes it moves this on.
  try_at timestamptz NOT NULL DEFAULT stageline_now(),
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE,
  CONSTRAINT deliveries_finished_at_matches_state CHECK ((finished_at IS NULL) = (state = 'waiting'))
);
-- dueWebhooks, takeDeliveries
CREATE INDEX deliveries_due ON deliveries (tenant_id, webhook_id, try_at) WHERE state = 'waiting';
-- takeDeliveries: what is before it of the same subject.
CREATE INDEX deliveries_in_order ON deliveries (tenant_id, webhook_id, subject_id, seq) WHERE state = 'waiting';
-- The log of an endpoint, newest first; a replay of a time.
CREATE INDEX deliveries_log ON deliveries (tenant_id, webhook_id, id);
-- forgetDeliveries
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['webhooks', 'deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT (tenant_id, id, version, enabled, definition, since, failing_since, off_reason, previous_until, created_at, updated_at, updated_by)
  ON webhooks TO gateway;
GRANT INSERT, UPDATE, DELETE ON webhooks TO gateway;
GRANT SELECT, UPDATE ON webhooks TO worker;
GRANT SELECT, UPDATE ON webhook_cursors TO worker;
GRANT SELECT, INSERT, UPDATE ON deliveries TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON deliveries TO worker;
