-- Definitions and decision policies. A version, once stored, never changes: jobs keep the one that they began with.

CREATE TABLE workflows (
  tenant_id uuid NOT NULL REFERENCES tenants,
  key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, key)
);

CREATE TABLE workflow_versions (
  tenant_id uuid NOT NULL,
  key text NOT NULL,
  version integer NOT NULL CONSTRAINT workflow_versions_count_from_1 CHECK (version > 0),
  definition jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, key, version),
  FOREIGN KEY (tenant_id, key) REFERENCES workflows
);

CREATE TABLE policies (
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, name)
);

CREATE TABLE policy_versions (
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  version integer NOT NULL CONSTRAINT policy_versions_count_from_1 CHECK (version > 0),
  policy jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, name, version),
  FOREIGN KEY (tenant_id, name) REFERENCES policies
);

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['workflows', 'workflow_versions', 'policies', 'policy_versions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I FOR SELECT TO worker USING (true)', one);
    -- Built-in ones are put here by migrate.ts, for every tenant.
    EXECUTE format('CREATE POLICY owner_seeds ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT ON workflows, workflow_versions TO gateway;
GRANT SELECT ON policies, policy_versions TO gateway;
GRANT SELECT ON workflows, workflow_versions, policies, policy_versions TO worker;
