-- Work for people, and what policies decided.

CREATE TABLE tasks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  job_id uuid NOT NULL,
  workflow text NOT NULL,
  step text NOT NULL,
  type text NOT NULL,
  cause text NOT NULL,
  title text NOT NULL,
  state text NOT NULL DEFAULT 'new' CONSTRAINT tasks_state_is_known CHECK (state IN
    ('new', 'in_progress', 'blocked', 'completed', 'cancelled')),
  priority double precision NOT NULL,
  evidence jsonb NOT NULL,
  assignee text,
  lease_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  completed_at timestamptz,
  verdict text,
  verdict_by text,
  verdict_reason text,
  corrections jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs,
  CONSTRAINT tasks_completed_at_matches_state CHECK ((completed_at IS NOT NULL) = (state IN ('completed', 'cancelled'))),
  CONSTRAINT tasks_lease_has_an_assignee CHECK (lease_until IS NULL OR assignee IS NOT NULL)
);

-- A step waits for one person at a time.
CREATE UNIQUE INDEX tasks_one_open ON tasks (tenant_id, job_id, step) WHERE state IN ('new', 'in_progress', 'blocked');
-- Lists, newest first, of a job or by state; the orchestrator's list of all open tasks.
CREATE INDEX tasks_by_job ON tasks (tenant_id, job_id, id);
CREATE INDEX tasks_by_state ON tasks (tenant_id, state, id);
-- expireTaskLeases
CREATE INDEX tasks_lease ON tasks (lease_until) WHERE lease_until IS NOT NULL;

-- TASK_EDGES of packages/domain/src/states.ts; a test compares both.
CREATE FUNCTION check_task_edge() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[
    'new>in_progress', 'new>blocked', 'new>cancelled',
    'in_progress>new', 'in_progress>blocked', 'in_progress>completed', 'in_progress>cancelled',
    'blocked>in_progress', 'blocked>cancelled']) THEN
    RAISE EXCEPTION 'A task cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'tasks_edges';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tasks_edges BEFORE UPDATE OF state ON tasks
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION check_task_edge();

-- No foreign key to jobs: it is written by the transaction that holds the job's row, and checking it doubled the time.
CREATE TABLE decisions (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  step text,
  policy text NOT NULL,
  version integer NOT NULL,
  route text NOT NULL CONSTRAINT decisions_route_is_known CHECK (route IN ('automation', 'person')),
  rule text NOT NULL,
  -- The whole of it: factors, reason, who forced it.
  decision jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, job_id, id)
);

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['tasks', 'decisions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON tasks TO gateway, worker;
GRANT SELECT, INSERT ON decisions TO gateway, worker;
