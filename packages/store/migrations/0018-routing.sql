-- Routing between automation and people: policies that people change, what became of earlier items, and how many a day.

-- A changed policy is a new version; what was decided keeps its own.
GRANT INSERT ON policy_versions TO gateway;

-- Jobs whose automation gave up, once each: what recent failures of a business key, and of a source, are counted from.
-- Forgotten when they are no longer recent.
CREATE TABLE automation_failures (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  workflow text NOT NULL,
  business_key text,
  at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, job_id)
);
-- selectPast
CREATE INDEX automation_failures_by_key ON automation_failures (tenant_id, workflow, business_key, at)
  WHERE business_key IS NOT NULL;
-- forgetOutcomes
CREATE INDEX automation_failures_age ON automation_failures (at);

-- What became of the items of a source (for parts, their manufacturer) that automation did, by week. Counted when the
-- history of a job is sealed; selectPast sums at most 14 rows a source.
CREATE TABLE source_outcomes (
  tenant_id uuid NOT NULL,
  workflow text NOT NULL,
  source text NOT NULL,
  week date NOT NULL,
  succeeded integer NOT NULL,
  failed integer NOT NULL,
  PRIMARY KEY (tenant_id, workflow, source, week)
);

-- When a tenant's day begins. UTC for those without a row.
CREATE TABLE tenant_settings (
  tenant_id uuid PRIMARY KEY REFERENCES tenants,
  time_zone text NOT NULL
);

-- `day`: jobs accepted on the tenant's day that `subject` names.
ALTER TABLE counters DROP CONSTRAINT counters_kind_is_known;
ALTER TABLE counters ADD CONSTRAINT counters_kind_is_known CHECK (kind IN ('job', 'step', 'batch', 'day'));

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['automation_failures', 'source_outcomes', 'tenant_settings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT ON automation_failures TO gateway;
GRANT SELECT, INSERT, DELETE ON automation_failures TO worker;
GRANT SELECT ON source_outcomes TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON source_outcomes TO worker;
GRANT SELECT, INSERT, UPDATE ON tenant_settings TO gateway;
GRANT SELECT ON tenant_settings TO worker;
