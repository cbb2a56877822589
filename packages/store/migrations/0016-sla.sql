-- Promises of time for tasks: the configs that make them, and a clock for each task that has one.

CREATE TABLE sla_configs (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  -- What it is for; null fits all. Of those that fit a task the one that says most counts.
  task_type text,
  service_area text,
  workflow text,
  limit_ms bigint NOT NULL CONSTRAINT sla_configs_limit_is_positive CHECK (limit_ms > 0),
  at_risk_share double precision NOT NULL CONSTRAINT sla_configs_at_risk_is_a_share CHECK (at_risk_share BETWEEN 0 AND 1),
  pauses_while_blocked boolean NOT NULL,
  escalate_priority double precision,
  escalate_group text,
  active boolean NOT NULL,
  version integer NOT NULL DEFAULT 1,
  changed_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  changed_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, id)
);
-- One promise for one kind of task.
CREATE UNIQUE INDEX sla_configs_scope ON sla_configs
  (tenant_id, coalesce(task_type, ''), coalesce(service_area, ''), coalesce(workflow, ''));

CREATE TABLE sla_records (
  tenant_id uuid NOT NULL,
  task_id uuid NOT NULL,
  config_id uuid NOT NULL,
  task_type text NOT NULL,
  service_area text,
  workflow text,
  -- As they stood when the clock began.
  limit_ms bigint NOT NULL,
  at_risk_share double precision NOT NULL,
  pauses_while_blocked boolean NOT NULL,
  -- `running` past its deadline: nobody has noticed yet.
  state text NOT NULL DEFAULT 'running'
    CONSTRAINT sla_records_state_is_known CHECK (state IN ('running', 'paused', 'met', 'breached', 'cancelled')),
  started_at timestamptz NOT NULL,
  deadline timestamptz NOT NULL,
  paused_at timestamptz,
  paused_ms bigint NOT NULL DEFAULT 0,
  stopped_at timestamptz,
  breached_at timestamptz,
  PRIMARY KEY (tenant_id, task_id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, config_id) REFERENCES sla_configs,
  CONSTRAINT sla_records_paused_at_matches_state CHECK ((paused_at IS NOT NULL) = (state = 'paused')),
  CONSTRAINT sla_records_breached_at_matches_state CHECK ((breached_at IS NOT NULL) = (state = 'breached'))
);
-- breachDue
CREATE INDEX sla_records_deadline ON sla_records (deadline) WHERE state = 'running';
-- Lists by state, newest first.
CREATE INDEX sla_records_by_state ON sla_records (tenant_id, state, task_id);
-- Figures of weeks.
CREATE INDEX sla_records_ended ON sla_records (tenant_id, coalesce(breached_at, stopped_at));

-- The clock of a task starts, stands and stops in the commit that opens, blocks or ends it, whoever does that. A task that
-- ends late keeps `running`: the breach is still to be told, once.
CREATE FUNCTION keep_sla_clock() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment CONSTANT timestamptz := public.stageline_now();
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.sla_records
      (tenant_id, task_id, config_id, task_type, service_area, workflow, limit_ms, at_risk_share, pauses_while_blocked, started_at, deadline)
    SELECT NEW.tenant_id, NEW.id, c.id, NEW.type, NEW.service_area, NEW.workflow, c.limit_ms, c.at_risk_share, c.pauses_while_blocked,
      moment, moment + c.limit_ms * interval '1 ms'
    FROM public.sla_configs c
    WHERE c.tenant_id = NEW.tenant_id AND c.active AND NEW.completed_at IS NULL
      AND (c.task_type IS NULL OR c.task_type = NEW.type)
      AND (c.service_area IS NULL OR c.service_area = NEW.service_area)
      AND (c.workflow IS NULL OR c.workflow = NEW.workflow)
    ORDER BY num_nonnulls(c.task_type, c.service_area, c.workflow) DESC, c.limit_ms LIMIT 1;
  ELSIF NEW.state IN ('completed', 'cancelled') THEN
    UPDATE public.sla_records r SET
      stopped_at = moment,
      state = CASE
        WHEN r.state = 'breached' OR (r.state = 'running' AND r.deadline <= moment) THEN r.state
        WHEN NEW.state = 'completed' THEN 'met'
        ELSE 'cancelled' END,
      deadline = r.deadline + coalesce(moment - r.paused_at, interval '0'),
      paused_ms = r.paused_ms + coalesce(extract(epoch FROM moment - r.paused_at) * 1000, 0),
      paused_at = NULL
    WHERE r.tenant_id = NEW.tenant_id AND r.task_id = NEW.id AND r.stopped_at IS NULL;
  ELSIF NEW.state = 'blocked' THEN
    UPDATE public.sla_records r SET state = 'paused', paused_at = moment
    WHERE r.tenant_id = NEW.tenant_id AND r.task_id = NEW.id AND r.state = 'running' AND r.pauses_while_blocked AND r.deadline > moment;
  ELSIF OLD.state = 'blocked' THEN
    UPDATE public.sla_records r SET
      state = 'running',
      deadline = r.deadline + (moment - r.paused_at),
      paused_ms = r.paused_ms + extract(epoch FROM moment - r.paused_at) * 1000,
      paused_at = NULL
    WHERE r.tenant_id = NEW.tenant_id AND r.task_id = NEW.id AND r.state = 'paused';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tasks_start_sla_clock AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION keep_sla_clock();
CREATE TRIGGER tasks_keep_sla_clock AFTER UPDATE OF state ON tasks
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION keep_sla_clock();

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['sla_configs', 'sla_records'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;
CREATE POLICY owner_seeds ON sla_configs TO CURRENT_USER USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON sla_configs TO gateway;
GRANT SELECT ON sla_configs TO worker;
GRANT SELECT, INSERT, UPDATE ON sla_records TO gateway, worker;
