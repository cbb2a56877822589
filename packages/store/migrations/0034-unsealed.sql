-- What has ended and has no seal yet. Beside `jobs`: a seal is no part of any index then, so that it is written into the page
-- of the row that it belongs to, and no index has a new entry for it. Read from its beginning, so it has no index itself.
CREATE TABLE unsealed (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);

ALTER TABLE unsealed ENABLE ROW LEVEL SECURITY;
ALTER TABLE unsealed FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON unsealed TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY all_rows ON unsealed TO worker USING (true) WITH CHECK (true);
GRANT INSERT ON unsealed TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON unsealed TO worker;

-- By whomever it was ended, also by processes of the release before.
CREATE FUNCTION note_unsealed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO unsealed (tenant_id, job_id) VALUES (NEW.tenant_id, NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER jobs_to_be_sealed AFTER UPDATE OF finished_at ON jobs
  FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION note_unsealed();

INSERT INTO unsealed SELECT tenant_id, id FROM jobs WHERE finished_at IS NOT NULL AND seal IS NULL;
DROP INDEX jobs_unsealed;
