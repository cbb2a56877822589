-- The desk: tasks that belong to no step of a job, plans that group them, and what happened to both.

CREATE TABLE plans (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  title text NOT NULL,
  description text,
  service_area text,
  state text NOT NULL DEFAULT 'draft' CONSTRAINT plans_state_is_known CHECK (state IN ('draft', 'active', 'archived')),
  -- The number of the last entry of its history.
  seq integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  activated_at timestamptz,
  archived_at timestamptz,
  CONSTRAINT plans_archived_at_matches_state CHECK ((archived_at IS NOT NULL) = (state = 'archived')),
  -- Ids sort by creation: the list, newest first.
  PRIMARY KEY (tenant_id, id)
);

-- PLAN_EDGES of packages/domain/src/states.ts; a test compares both.
CREATE FUNCTION check_plan_edge() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['draft>active', 'draft>archived', 'active>archived']) THEN
    RAISE EXCEPTION 'A plan cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_edges';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plans_edges BEFORE UPDATE OF state ON plans
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION check_plan_edge();

ALTER TABLE tasks
  ALTER COLUMN job_id DROP NOT NULL,
  ALTER COLUMN workflow DROP NOT NULL,
  ALTER COLUMN step DROP NOT NULL,
  ADD COLUMN description text,
  ADD COLUMN service_area text,
  ADD COLUMN due_at timestamptz,
  ADD COLUMN assigned_group text,
  ADD COLUMN snoozed_until timestamptz,
  ADD COLUMN blocked_reason text,
  ADD COLUMN plan_id uuid,
  ADD COLUMN created_by text NOT NULL DEFAULT 'stageline',
  -- The number of the last entry of its history; tasks from before it was kept begin at 0.
  ADD COLUMN seq integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT tasks_step_is_of_a_job CHECK (step IS NULL OR (job_id IS NOT NULL AND workflow IS NOT NULL)),
  ADD CONSTRAINT tasks_blocked_reason_matches_state CHECK (blocked_reason IS NULL OR state = 'blocked'),
  ADD FOREIGN KEY (tenant_id, plan_id) REFERENCES plans;
ALTER TABLE tasks ALTER COLUMN seq SET DEFAULT 1;

-- Open tasks, the most urgent first and of equals the oldest.
CREATE INDEX tasks_by_priority ON tasks (tenant_id, (-priority), id) WHERE state IN ('new', 'in_progress', 'blocked');
-- Tasks of a plan.
CREATE INDEX tasks_by_plan ON tasks (tenant_id, plan_id, id) WHERE plan_id IS NOT NULL;

-- What happened to tasks and plans: append-only, in the commit that did it. `xid` orders readers as in `history`.
CREATE TABLE desk_history (
  tenant_id uuid NOT NULL REFERENCES tenants,
  subject text NOT NULL CONSTRAINT desk_history_subject_is_known CHECK (subject IN ('task', 'plan')),
  subject_id uuid NOT NULL,
  seq integer NOT NULL CONSTRAINT desk_history_seq_counts_from_1 CHECK (seq > 0),
  at timestamptz NOT NULL DEFAULT stageline_now(),
  event text NOT NULL,
  from_state text,
  to_state text NOT NULL,
  actor text NOT NULL,
  reason text,
  data jsonb,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (tenant_id, subject_id, seq),
  CONSTRAINT desk_history_begins_once CHECK (from_state IS NOT NULL OR seq = 1),
  CONSTRAINT desk_history_edges CHECK (
    from_state = to_state
    OR CASE subject
      WHEN 'task' THEN coalesce(from_state, '') || '>' || to_state IN ('>new',
        'new>in_progress', 'new>blocked', 'new>cancelled',
        'in_progress>new', 'in_progress>blocked', 'in_progress>completed', 'in_progress>cancelled',
        'blocked>in_progress', 'blocked>cancelled')
      ELSE coalesce(from_state, '') || '>' || to_state IN ('>draft', 'draft>active', 'draft>archived', 'active>archived')
    END)
);
-- listCorrections, in the order of their commits.
CREATE INDEX desk_history_corrections ON desk_history (tenant_id, xid, subject_id, seq) WHERE data ? 'corrections';
CREATE TRIGGER desk_history_is_insert_only BEFORE UPDATE OR DELETE ON desk_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['plans', 'desk_history'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON plans TO gateway, worker;
GRANT SELECT, INSERT ON desk_history TO gateway, worker;
