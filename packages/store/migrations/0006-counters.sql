-- Counts without a scan and without a row that everybody writes: each commit appends its deltas, upkeep sums them.
-- `subject` is the stage of a step, the id of a batch, and empty for a job.

CREATE TABLE counters (
  tenant_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT counters_kind_is_known CHECK (kind IN ('job', 'step', 'batch')),
  workflow text NOT NULL,
  subject text NOT NULL,
  state text NOT NULL,
  delta bigint NOT NULL
);
-- Counts of a tenant, and of one batch.
CREATE INDEX counters_by_subject ON counters (tenant_id, kind, subject);

ALTER TABLE counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE counters FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON counters TO gateway
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY all_rows ON counters TO worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON counters TO gateway;
GRANT SELECT, INSERT, DELETE ON counters TO worker;
