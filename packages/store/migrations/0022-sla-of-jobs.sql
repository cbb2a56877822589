-- Promises of time for whole jobs and for their stages, beside those for tasks. Who records a job's change keeps its
-- clocks in the same commit (keepClocks); a job for which nothing is promised has no row here.

-- `stage` is for stages only, as is what a task has for tasks only. Null fits all.
ALTER TABLE sla_configs
  ADD COLUMN subject text NOT NULL DEFAULT 'task' CONSTRAINT sla_configs_subject_is_known CHECK (subject IN ('task', 'stage', 'job')),
  ADD COLUMN stage text,
  ADD COLUMN pauses_while_waiting boolean NOT NULL DEFAULT false,
  ADD COLUMN pauses_while_suspended boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT sla_configs_members_fit_subject CHECK (CASE subject
    WHEN 'task' THEN stage IS NULL AND NOT pauses_while_waiting AND NOT pauses_while_suspended
    ELSE num_nonnulls(task_type, service_area, escalate_group) = 0 AND NOT pauses_while_blocked AND (subject = 'stage' OR stage IS NULL) END);
DROP INDEX sla_configs_scope;
CREATE UNIQUE INDEX sla_configs_scope ON sla_configs
  (tenant_id, subject, coalesce(task_type, ''), coalesce(service_area, ''), coalesce(workflow, ''), coalesce(stage, ''));
-- promisedScopes: every process that records asks once a second.
CREATE INDEX sla_configs_of_jobs ON sla_configs (tenant_id) INCLUDE (subject, workflow, stage) WHERE subject <> 'task';

-- No foreign keys: every job would share-lock the row of its config.
CREATE TABLE job_sla_records (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  job_id uuid NOT NULL,
  -- Empty: of the whole job.
  step text NOT NULL,
  subject text NOT NULL,
  stage text,
  workflow text NOT NULL,
  config_id uuid NOT NULL,
  -- As they stood when the clock began.
  limit_ms bigint NOT NULL,
  pauses_while_waiting boolean NOT NULL,
  pauses_while_suspended boolean NOT NULL,
  -- `running` past its deadline: nobody has noticed yet.
  state text NOT NULL CONSTRAINT job_sla_records_state_is_known CHECK (state IN ('running', 'paused', 'met', 'breached', 'cancelled')),
  started_at timestamptz NOT NULL,
  -- Both move on by the time for which the clock stood.
  at_risk_at timestamptz NOT NULL,
  deadline timestamptz NOT NULL,
  paused_at timestamptz,
  paused_ms bigint NOT NULL DEFAULT 0,
  stopped_at timestamptz,
  breached_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT job_sla_records_subject_matches_step CHECK (subject = CASE step WHEN '' THEN 'job' ELSE 'stage' END),
  CONSTRAINT job_sla_records_paused_at_matches_state CHECK ((paused_at IS NOT NULL) = (state = 'paused')),
  CONSTRAINT job_sla_records_breached_at_matches_state CHECK ((breached_at IS NOT NULL) = (state = 'breached'))
);
-- keepClocks: a job and each of its steps have one clock at most.
CREATE UNIQUE INDEX job_sla_records_of_step ON job_sla_records (tenant_id, job_id, step);
-- breachJobs
CREATE INDEX job_sla_records_deadline ON job_sla_records (deadline) WHERE state = 'running';
-- selectSlaFigures: how many are at risk.
CREATE INDEX job_sla_records_at_risk ON job_sla_records (tenant_id, at_risk_at) WHERE state = 'running';
-- sealFinished: breaches of jobs that have ended, still to be told.
CREATE INDEX job_sla_records_untold ON job_sla_records (tenant_id, job_id) WHERE state = 'running' AND stopped_at IS NOT NULL;
-- Lists by state, of jobs, and by stage, newest first.
CREATE INDEX job_sla_records_by_state ON job_sla_records (tenant_id, state, id);
CREATE INDEX job_sla_records_of_jobs ON job_sla_records (tenant_id, id) WHERE subject = 'job';
CREATE INDEX job_sla_records_by_stage ON job_sla_records (tenant_id, stage, id) WHERE subject = 'stage';

-- `sla`, `sla_week`: clocks of jobs and stages that are open, and those that ended in a week.
ALTER TABLE counters DROP CONSTRAINT counters_kind_is_known;
ALTER TABLE counters ADD CONSTRAINT counters_kind_is_known CHECK (kind IN ('job', 'step', 'batch', 'day', 'sla', 'sla_week'));

ALTER TABLE job_sla_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_sla_records FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON job_sla_records TO gateway
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY all_rows ON job_sla_records TO worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON job_sla_records TO gateway, worker;

-- All clocks, whatever they are of.
CREATE VIEW sla_clocks WITH (security_invoker = true) AS
  SELECT tenant_id, task_id AS id, 'task'::text AS subject, task_id, NULL::uuid AS job_id, NULL::text AS step, NULL::text AS stage,
    config_id, task_type, service_area, workflow, limit_ms, state, started_at,
    deadline - limit_ms * (1 - at_risk_share) * interval '1 ms' AS at_risk_at, deadline, paused_at, paused_ms, stopped_at, breached_at
  FROM sla_records
  UNION ALL
  SELECT tenant_id, id, subject, NULL::uuid, job_id, nullif(step, ''), stage,
    config_id, NULL::text, NULL::text, workflow, limit_ms, state, started_at, at_risk_at, deadline, paused_at, paused_ms, stopped_at, breached_at
  FROM job_sla_records;
GRANT SELECT ON sla_clocks TO gateway;

-- As before, by promises for tasks only.
CREATE OR REPLACE FUNCTION keep_sla_clock() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment CONSTANT timestamptz := public.stageline_now();
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.sla_records
      (tenant_id, task_id, config_id, task_type, service_area, workflow, limit_ms, at_risk_share, pauses_while_blocked, started_at, deadline)
    SELECT NEW.tenant_id, NEW.id, c.id, NEW.type, NEW.service_area, NEW.workflow, c.limit_ms, c.at_risk_share, c.pauses_while_blocked,
      moment, moment + c.limit_ms * interval '1 ms'
    FROM public.sla_configs c
    WHERE c.tenant_id = NEW.tenant_id AND c.subject = 'task' AND c.active AND NEW.completed_at IS NULL
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
