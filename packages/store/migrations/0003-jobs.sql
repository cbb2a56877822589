-- The aggregate: one narrow row a job, compared and set by `revision`; what it carries lies insert-only beside it.
-- No foreign keys to tenants and workflow_versions: every accepted job would share-lock the same two rows.

CREATE TABLE jobs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  workflow text NOT NULL,
  version integer NOT NULL,
  state text NOT NULL CONSTRAINT jobs_state_is_known CHECK (state IN
    ('created', 'queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended', 'completed', 'cancelled')),
  stage text,
  revision integer NOT NULL,
  seq integer NOT NULL,
  steps jsonb NOT NULL,
  "values" jsonb NOT NULL,
  -- Earliest timer of the steps.
  due_at timestamptz,
  -- When a queued message is looked for, and how often it was: neither counts as a change of the job.
  check_at timestamptz,
  looks smallint NOT NULL DEFAULT 0,
  priority double precision NOT NULL CONSTRAINT jobs_priority_is_a_share CHECK (priority BETWEEN 0 AND 1),
  business_key text,
  tags text[] NOT NULL DEFAULT '{}',
  batch_id uuid,
  trace text,
  -- Its own retry plan, where it was submitted with one.
  retry jsonb,
  warnings text[] NOT NULL DEFAULT '{}',
  result integer,
  origin text NOT NULL,
  actor text NOT NULL,
  replay_of uuid,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  finished_at timestamptz,
  -- Hash of the whole history, once it is complete.
  seal text,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT jobs_finished_at_matches_state CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'cancelled'))),
  CONSTRAINT jobs_finished_have_no_timers CHECK (finished_at IS NULL OR (due_at IS NULL AND check_at IS NULL))
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

-- takeDue: timers that have come, oldest first.
CREATE INDEX jobs_due ON jobs (due_at) WHERE due_at IS NOT NULL;
-- takeUnchecked: messages to be looked for.
CREATE INDEX jobs_check ON jobs (check_at) WHERE check_at IS NOT NULL;
-- Lists by state, newest first (ids are UUIDv7; the plain list is the primary key read backwards); open jobs by stage.
CREATE INDEX jobs_by_state ON jobs (tenant_id, state, id);
-- Lists by business key, by batch and by tag. Jobs without one cost nothing here.
CREATE INDEX jobs_by_business_key ON jobs (tenant_id, business_key, id) WHERE business_key IS NOT NULL;
CREATE INDEX jobs_by_batch ON jobs (tenant_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX jobs_by_tag ON jobs USING gin (tags) WHERE tags <> '{}';
-- sealFinished: final jobs whose history has no hash yet.
CREATE INDEX jobs_unsealed ON jobs (finished_at) WHERE finished_at IS NOT NULL AND seal IS NULL;

-- The input (seq 1) and each edited input of a step, once. Written by the same statement as the row it belongs to.
CREATE TABLE payloads (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  seq integer NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (tenant_id, job_id, seq)
);

CREATE TABLE batches (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  name text,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, id)
);

-- A request that may be repeated: the first job of its key, for a day.
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  job_id uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, operation, key)
);
-- expireIdempotencyKeys
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['jobs', 'payloads', 'batches', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON jobs TO gateway, worker;
GRANT SELECT, INSERT ON payloads, batches TO gateway, worker;
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO worker;
