-- What somebody asked to be done to many jobs at once, and what became of each of them.

CREATE TABLE bulk_actions (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT bulk_actions_kind_is_known CHECK (kind IN ('cancel', 'retry', 'resume', 'suspend')),
  filter jsonb NOT NULL,
  reason text,
  actor text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT bulk_actions_state_is_known
    CHECK (state IN ('waiting', 'running', 'completed', 'failed', 'stopped')),
  -- Jobs are chosen in the order of their ids, up to here by now; null in `chosen_at` as long as there may be more.
  chosen_to uuid,
  chosen_at timestamptz,
  total bigint NOT NULL DEFAULT 0,
  -- As they were last noted; at the end counted again.
  done bigint NOT NULL DEFAULT 0,
  skipped bigint NOT NULL DEFAULT 0,
  failed bigint NOT NULL DEFAULT 0,
  reasons jsonb NOT NULL DEFAULT '{}',
  -- From then on no further job is changed for it.
  stop_asked_at timestamptz,
  stopped_by text,
  -- Who works on it, and until when that holds without another word.
  owner text,
  lease_until timestamptz,
  tries integer NOT NULL DEFAULT 0,
  try_at timestamptz NOT NULL DEFAULT stageline_now(),
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  finished_at timestamptz,
  -- Ids sort by creation: the list, newest first.
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT bulk_actions_finished_at_matches_state
    CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'failed', 'stopped'))),
  CONSTRAINT bulk_actions_running_has_an_owner
    CHECK ((state = 'running') = (owner IS NOT NULL) AND (owner IS NULL) = (lease_until IS NULL)),
  CONSTRAINT bulk_actions_stop_has_an_actor CHECK ((stop_asked_at IS NULL) = (stopped_by IS NULL))
);
-- take: what waits for an orchestrator, or was left by one.
CREATE INDEX bulk_actions_open ON bulk_actions (try_at) WHERE finished_at IS NULL;

-- The jobs that were chosen. `done` is noted in the transaction that changes the job, so that none is changed twice.
-- No foreign keys: each of a hundred thousand rows would share-lock the same one.
CREATE TABLE bulk_action_jobs (
  tenant_id uuid NOT NULL,
  bulk_action_id uuid NOT NULL,
  job_id uuid NOT NULL,
  outcome text CONSTRAINT bulk_action_jobs_outcome_is_known CHECK (outcome IN ('done', 'skipped', 'failed')),
  code text,
  detail text,
  at timestamptz,
  PRIMARY KEY (tenant_id, bulk_action_id, job_id),
  CONSTRAINT bulk_action_jobs_at_matches_outcome CHECK ((at IS NULL) = (outcome IS NULL)),
  CONSTRAINT bulk_action_jobs_reason_matches_outcome CHECK ((code IS NOT NULL) = (outcome IS NOT NULL AND outcome <> 'done'))
) WITH (fillfactor = 60);

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['bulk_actions', 'bulk_action_jobs'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON bulk_actions TO gateway;
GRANT SELECT ON bulk_action_jobs TO gateway;
GRANT SELECT, UPDATE ON bulk_actions TO worker;
GRANT SELECT, INSERT, UPDATE ON bulk_action_jobs TO worker;
