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

-- What is known of jobs that are about to be accepted (selectPast), in one row. Planning it takes longer than running it:
-- a function keeps its plan, which the laterals make the same for any number of names. It sees what its caller may see.
CREATE FUNCTION past_of(
  of_tenant uuid, source_workflows text[], sources_asked text[], key_workflows text[], keys_asked text[],
  weeks integer, days integer
) RETURNS TABLE (day text, ends timestamptz, accepted jsonb, sources jsonb, keys jsonb)
  LANGUAGE plpgsql STABLE SET search_path = public, pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  zone text := coalesce((SELECT time_zone FROM tenant_settings WHERE tenant_id = of_tenant), 'UTC');
  here timestamp := stageline_now() AT TIME ZONE zone;
  since_week date := (stageline_now() - weeks * interval '1 week')::date;
  since timestamptz := stageline_now() - days * interval '1 day';
BEGIN
  day := to_char(here, 'YYYY-MM-DD');
  ends := (date_trunc('day', here) + interval '1 day') AT TIME ZONE zone;
  SELECT coalesce(jsonb_object_agg(c.workflow, c.jobs), '{}') INTO accepted FROM (
    SELECT workflow, sum(delta) AS jobs FROM counters
    WHERE tenant_id = of_tenant AND kind = 'day' AND subject = past_of.day GROUP BY workflow) c;
  SELECT coalesce(jsonb_agg(jsonb_build_array(s.workflow, s.source, s.succeeded, s.failed)), '[]') INTO sources FROM (
    SELECT w.workflow, w.source, sum(o.succeeded) AS succeeded, sum(o.failed) AS failed
    FROM unnest(source_workflows, sources_asked) AS w(workflow, source) CROSS JOIN LATERAL (
      SELECT succeeded, failed FROM source_outcomes
      WHERE tenant_id = of_tenant AND workflow = w.workflow AND source = w.source AND week > since_week OFFSET 0) o
    GROUP BY w.workflow, w.source) s;
  SELECT coalesce(jsonb_agg(jsonb_build_array(k.workflow, k.business_key, k.failures)), '[]') INTO keys FROM (
    SELECT w.workflow, w.business_key, count(*) AS failures
    FROM unnest(key_workflows, keys_asked) AS w(workflow, business_key) CROSS JOIN LATERAL (
      SELECT FROM automation_failures
      WHERE tenant_id = of_tenant AND workflow = w.workflow AND business_key = w.business_key AND at > since OFFSET 0) f
    GROUP BY w.workflow, w.business_key) k;
  RETURN NEXT;
END $$;
REVOKE EXECUTE ON FUNCTION past_of(uuid, text[], text[], text[], text[], integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION past_of(uuid, text[], text[], text[], text[], integer, integer) TO gateway, worker;
