-- How many jobs ended in an hour and how long they took, so that nobody need look at the jobs themselves. Counted when the
-- history of a job is sealed, by classes of duration an eighth of a doubling wide (DURATION_CLASSES of packages/domain).

CREATE TABLE hourly_outcomes (
  tenant_id uuid NOT NULL,
  -- UTC, by the job's end.
  hour timestamptz NOT NULL,
  workflow text NOT NULL,
  state text NOT NULL CONSTRAINT hourly_outcomes_state_is_final CHECK (state IN ('completed', 'cancelled')),
  class smallint NOT NULL,
  jobs bigint NOT NULL,
  total_ms bigint NOT NULL,
  -- selectHours: some hours of a tenant. forgetOutcomes: old hours.
  PRIMARY KEY (tenant_id, hour, workflow, state, class)
);

ALTER TABLE hourly_outcomes ENABLE ROW LEVEL SECURITY;
ALTER TABLE hourly_outcomes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON hourly_outcomes TO gateway
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY all_rows ON hourly_outcomes TO worker USING (true) WITH CHECK (true);
GRANT SELECT ON hourly_outcomes TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON hourly_outcomes TO worker;
