-- Triggers: what to do when an entry of a history fits; what each did; and the alerts that they raise.

-- Entries of all desks in the order of their commits: readTriggerEntries.
CREATE INDEX desk_history_outbox ON desk_history (xid, subject_id, seq);

CREATE TABLE triggers (
  tenant_id uuid NOT NULL REFERENCES tenants,
  key text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  enabled boolean NOT NULL,
  definition jsonb NOT NULL,
  -- Entries from before it was made, or put to use again, are none of its concern.
  since timestamptz NOT NULL DEFAULT stageline_now(),
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_by text NOT NULL,
  PRIMARY KEY (tenant_id, key)
);

-- How far each history was read. Who reads holds the row, so one orchestrator does at a time.
CREATE TABLE trigger_cursors (
  stream text PRIMARY KEY CONSTRAINT trigger_cursors_stream_is_known CHECK (stream IN ('jobs', 'desk')),
  epoch integer NOT NULL,
  xid xid8 NOT NULL,
  subject_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  seq integer NOT NULL DEFAULT 0
);
INSERT INTO trigger_cursors (stream, epoch, xid)
SELECT stream, epoch, pg_current_xact_id() FROM record_epoch, unnest(ARRAY['jobs', 'desk']) AS stream;

-- One row for each entry that fitted a trigger, written in the commit that moves the cursor on: an entry that is seen
-- twice fires once.
CREATE TABLE trigger_runs (
  tenant_id uuid NOT NULL REFERENCES tenants,
  trigger_key text NOT NULL,
  subject_id uuid NOT NULL,
  seq integer NOT NULL,
  -- Made of the entry's time and the key above: lists are ordered by it.
  id uuid NOT NULL,
  version integer NOT NULL,
  entry jsonb NOT NULL,
  actions jsonb NOT NULL,
  -- How many triggers stand between the entry and somebody who is none.
  depth integer NOT NULL CONSTRAINT trigger_runs_depth_counts_from_0 CHECK (depth >= 0),
  state text NOT NULL CONSTRAINT trigger_runs_state_is_known CHECK (state IN ('waiting', 'done', 'failed', 'refused')),
  -- What the actions made, in their order; as long as the actions when it is done.
  made jsonb NOT NULL DEFAULT '[]',
  error jsonb,
  tries integer NOT NULL DEFAULT 0,
  -- When somebody may take it; whoever takes it moves this on.
  try_at timestamptz NOT NULL DEFAULT stageline_now(),
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, trigger_key, subject_id, seq),
  CONSTRAINT trigger_runs_finished_at_matches_state CHECK ((finished_at IS NULL) = (state = 'waiting'))
);
-- takeTriggerRun
CREATE INDEX trigger_runs_due ON trigger_runs (try_at) WHERE state = 'waiting';
-- The log of a trigger, newest first.
CREATE INDEX trigger_runs_log ON trigger_runs (tenant_id, trigger_key, id);
-- forgetTriggerRuns
CREATE INDEX trigger_runs_finished ON trigger_runs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE alerts (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  -- Equal ones are one row for as long as nobody has acknowledged it.
  same_as text NOT NULL,
  level text NOT NULL CONSTRAINT alerts_level_is_known CHECK (level IN ('info', 'warning', 'critical')),
  title text NOT NULL,
  detail text,
  raised_by text NOT NULL,
  -- What the newest of them is about.
  subject text NOT NULL,
  subject_id uuid NOT NULL,
  count integer NOT NULL DEFAULT 1 CONSTRAINT alerts_count_is_positive CHECK (count > 0),
  first_at timestamptz NOT NULL DEFAULT stageline_now(),
  last_at timestamptz NOT NULL DEFAULT stageline_now(),
  acknowledged_at timestamptz,
  acknowledged_by text,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT alerts_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
-- raiseAlert
CREATE UNIQUE INDEX alerts_open ON alerts (tenant_id, same_as) WHERE acknowledged_at IS NULL;

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['triggers', 'trigger_runs', 'alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;
CREATE POLICY owner_seeds ON triggers TO CURRENT_USER USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON triggers TO gateway;
GRANT SELECT ON triggers TO worker;
GRANT SELECT, UPDATE ON trigger_cursors TO worker;
GRANT SELECT ON trigger_runs TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON trigger_runs TO worker;
GRANT SELECT, UPDATE ON alerts TO gateway;
GRANT SELECT, INSERT, UPDATE ON alerts TO worker;
