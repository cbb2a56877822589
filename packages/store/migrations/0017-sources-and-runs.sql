-- Where records come from, and the runs that make batches of them.

CREATE TABLE sources (
  tenant_id uuid NOT NULL REFERENCES tenants,
  key text NOT NULL,
  version integer NOT NULL,
  -- Never a secret: what lets a service in stands in its own settings, under the name of a connection.
  definition jsonb NOT NULL,
  -- Up to here, and with these keys at the mark itself, records were taken by runs that take only new ones.
  mark text,
  mark_keys text[] NOT NULL DEFAULT '{}',
  mark_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_by text NOT NULL,
  PRIMARY KEY (tenant_id, key)
);

CREATE TABLE batch_runs (
  tenant_id uuid NOT NULL REFERENCES tenants,
  -- Of the batch, too; a preview has none.
  id uuid NOT NULL,
  name text,
  -- Null: a file that was uploaded.
  source text,
  -- As the source was when the run was asked for.
  origin jsonb NOT NULL,
  columns jsonb NOT NULL,
  request jsonb NOT NULL,
  preview boolean NOT NULL,
  -- It takes the new records of its source, and moves the mark.
  moves_mark boolean NOT NULL,
  actor text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT batch_runs_state_is_known
    CHECK (state IN ('waiting', 'reading', 'completed', 'failed', 'stopped')),
  read bigint NOT NULL DEFAULT 0,
  submitted bigint NOT NULL DEFAULT 0,
  skipped bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  faults jsonb NOT NULL DEFAULT '[]',
  sample jsonb NOT NULL DEFAULT '[]',
  routes jsonb NOT NULL DEFAULT '{}',
  mark text,
  mark_keys text[] NOT NULL DEFAULT '{}',
  -- Who works on it, and until when that holds without another word.
  owner text,
  lease_until timestamptz,
  tries integer NOT NULL DEFAULT 0,
  try_at timestamptz NOT NULL DEFAULT stageline_now(),
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT batch_runs_finished_at_matches_state
    CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'failed', 'stopped'))),
  CONSTRAINT batch_runs_reading_has_an_owner
    CHECK ((state = 'reading') = (owner IS NOT NULL) AND (owner IS NULL) = (lease_until IS NULL))
);

-- Two runs at once would take the same new records.
CREATE UNIQUE INDEX batch_runs_one_moves_the_mark ON batch_runs (tenant_id, source)
  WHERE moves_mark AND finished_at IS NULL;
-- take: what waits for an orchestrator, or was left by one.
CREATE INDEX batch_runs_open ON batch_runs (try_at) WHERE finished_at IS NULL;

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['sources', 'batch_runs'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON sources, batch_runs TO gateway;
GRANT SELECT ON sources TO worker;
GRANT UPDATE (mark, mark_keys, mark_at) ON sources TO worker;
GRANT SELECT, UPDATE ON batch_runs TO worker;
-- Orchestrators take in jobs, too, and keep the same bounds.
GRANT EXECUTE ON FUNCTION backlog_of_tenant(), backlog_of_all() TO worker;
